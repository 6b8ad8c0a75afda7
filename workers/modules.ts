import type { AnyHandler, ThreadInfo } from './handler.js';
import type { ExportDescription, ModuleDescription } from './protocol/messages.js';
import type { TaskOptions } from './protocol/task-options.js';
import { describe } from './protocol/wire-error.js';
import { OPTIONS } from './symbols.js';

type Namespace = Readonly<Record<string, unknown>>;

interface TaskModule {
  readonly namespace: Namespace;
  readonly teardown: unknown;
}

/** Exports that belong to the module's life, not to its tasks. */
const LIFE = new Set(['setup', 'teardown']);

/** The task modules of this thread: each imported and set up once. */
export class Modules {
  readonly #thread: ThreadInfo;
  readonly #loaded = new Map<string, Promise<TaskModule>>();

  constructor(thread: ThreadInfo) {
    this.#thread = thread;
  }

  /** The handlers a module exports, with the options declared beside them. */
  async describe(href: string): Promise<ModuleDescription> {
    const { namespace } = await this.#load(href);
    const names = new Set(Object.keys(namespace));
    const main = await namespace.default;
    for (const name of propertiesOf(main)) names.add(name);
    const exports: ExportDescription[] = [];
    for (const name of names) {
      const handler = LIFE.has(name) || name === 'module.exports' ? undefined : await find(namespace, name);
      if (handler !== undefined) exports.push({ name, options: optionsOf(handler, name) });
    }
    return { exports, failed: undefined };
  }

  /** The handler of that name; throws what the module threw, or that there is none. */
  async handler(href: string, name: string): Promise<AnyHandler> {
    const { namespace } = await this.#load(href);
    const handler = await find(namespace, name);
    if (handler === undefined)
      throw new TypeError(`Expected ${href} to export a function named ${name}, but it does not`);
    return handler;
  }

  /** Waits for imports under way: cut off, they would leave their files open. */
  async settled(): Promise<void> {
    await Promise.allSettled(this.#loaded.values());
  }

  /** Runs the teardowns, last loaded first; answers with what went wrong. */
  async tearDown(): Promise<unknown[]> {
    const errors: unknown[] = [];
    const loaded = [...this.#loaded.values()].reverse();
    this.#loaded.clear();
    for (const promise of loaded) {
      try {
        const { teardown } = await promise;
        if (typeof teardown === 'function') await (teardown as (thread: ThreadInfo) => unknown)(this.#thread);
      } catch (error) {
        errors.push(error);
      }
    }
    return errors;
  }

  #load(href: string): Promise<TaskModule> {
    let module = this.#loaded.get(href);
    if (module === undefined) {
      module = this.#import(href);
      this.#loaded.set(href, module);
      // A module that failed is not remembered as loaded: it has no teardown to run. Importing it again gives the same error anyway.
      module.catch(() => this.#loaded.delete(href));
    }
    return module;
  }

  async #import(href: string): Promise<TaskModule> {
    const namespace = (await import(href)) as Namespace;
    const main = namespace.default as Namespace | undefined | null;
    const life = (name: string): unknown =>
      namespace[name] ?? (typeof main === 'object' || typeof main === 'function' ? main?.[name] : undefined);
    const setup = life('setup');
    if (typeof setup === 'function') await (setup as (thread: ThreadInfo) => unknown)(this.#thread);
    return { namespace, teardown: life('teardown') };
  }
}

/**
 * An export as a handler. CommonJS modules show their exports as the default export and only sometimes by name, so a name is looked for in
 * both places; an export may be a promise of the function.
 */
async function find(namespace: Namespace, name: string): Promise<AnyHandler | undefined> {
  const main = await namespace.default;
  const direct = await namespace[name];
  if (typeof direct === 'function') return direct as AnyHandler;
  if (typeof main !== 'function' && (typeof main !== 'object' || main === null)) return undefined;
  const nested = await (main as Namespace)[name];
  return typeof nested === 'function' ? (nested as AnyHandler) : undefined;
}

function propertiesOf(main: unknown): string[] {
  return typeof main === 'function' || (typeof main === 'object' && main !== null) ? Object.keys(main) : [];
}

/** Options travel to the supervisor, which checks them. */
function optionsOf(handler: AnyHandler, name: string): TaskOptions {
  const options = (handler as AnyHandler & { [OPTIONS]?: TaskOptions })[OPTIONS] ?? {};
  try {
    return structuredClone(options);
  } catch (cause) {
    throw new TypeError(`Expected the options of task ${name} to be plain data: ${describe(cause)}`, { cause });
  }
}
