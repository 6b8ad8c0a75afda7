import { extname, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { ExportDescription, ModuleDescription } from '../workers/protocol/messages.js';
import { describe, fromWireError } from '../workers/protocol/wire-error.js';
import { Estimate } from './attempts/estimate.js';
import { retryFrom } from './attempts/retry.js';
import { checkOptions } from './check-options.js';
import { checkUses } from './dependencies/check-uses.js';
import type { Describer } from './engine.js';
import { BadOptionError, ClosedError, LoadFailedError } from './errors.js';
import { isGated, type TaskPlan, type TaskType } from './task.js';
import { textOf } from './threads/death.js';

/** A load that waits for a thread. */
interface Waiting {
  readonly go: (describer: Describer) => void;
  readonly refuse: (error: unknown) => void;
}

/**
 * The task modules of a supervisor. A module is imported in a thread, never here; what it exports and how it wants to be run is learned
 * from what the thread tells.
 */
export class TaskModules {
  readonly #describers: readonly Describer[];
  readonly #base: TaskPlan;
  readonly #loaded = new Map<string, Promise<readonly TaskType[]>>();
  readonly #types: TaskType[] = [];
  readonly #waiting: Waiting[] = [];
  readonly #tracked: boolean;
  readonly #dependencies: readonly string[];
  #closed: Error | undefined;

  constructor(describers: readonly Describer[], base: TaskPlan, parts: { tracked: boolean; dependencies: object }) {
    this.#tracked = parts.tracked;
    this.#dependencies = Object.keys(parts.dependencies);
    this.#describers = describers;
    this.#base = base;
  }

  /** The tasks of a module. A load that failed may be tried again. */
  load(specifier: string | URL): Promise<readonly TaskType[]> {
    const href = hrefOf(specifier);
    let loaded = this.#loaded.get(href);
    if (loaded === undefined) {
      loaded = this.#load(href);
      this.#loaded.set(href, loaded);
      loaded.catch(() => this.#loaded.delete(href));
    }
    return loaded;
  }

  /** The task of a number on the wire. */
  typeOf(number: number): TaskType | undefined {
    return this.#types[number];
  }

  /** A thread takes work now. */
  threadReady(describer: Describer): void {
    for (const { go } of this.#waiting.splice(0)) go(describer);
  }

  /** There will be no thread any more. */
  close(error: Error): void {
    this.#closed ??= error;
    for (const { refuse } of this.#waiting.splice(0)) refuse(error);
  }

  async #load(href: string): Promise<readonly TaskType[]> {
    const describer = await this.#thread();
    let description: ModuleDescription;
    try {
      description = (await describer.describe(href)) ?? gone();
    } catch (death) {
      if (this.#closed !== undefined) throw this.#closed;
      throw new LoadFailedError(href, `the thread that imported it died (${deathText(death)})`, death);
    }
    if (description.failed !== undefined) {
      const cause = fromWireError(description.failed);
      throw new LoadFailedError(href, cause instanceof Error ? cause.message : describe(cause), cause);
    }
    if (description.exports.length === 0) throw new LoadFailedError(href, 'it exports no function');
    const types = description.exports.map((found, offset) => this.#typeOf(href, found, offset));
    this.#types.push(...types);
    this.#nameApart();
    return types;
  }

  /** A thread that is up, one without work if there is one. */
  #thread(): Promise<Describer> {
    const [idlest] = this.#describers.filter(({ open }) => open).sort((a, b) => a.outstanding - b.outstanding);
    if (this.#closed !== undefined) return Promise.reject(this.#closed);
    if (idlest !== undefined) return Promise.resolve(idlest);
    return new Promise((go, refuse) => this.#waiting.push({ go, refuse }));
  }

  #typeOf(href: string, { name, options }: ExportDescription, offset: number): TaskType {
    try {
      const { retry, ...own } = checkOptions(options, 'task');
      const plan: TaskPlan = {
        ...this.#base,
        ...(own as Partial<TaskPlan>),
        retry: retryFrom(retry, this.#base.retry),
      };
      checkUses(plan.uses, this.#dependencies);
      return {
        number: this.#types.length + offset,
        href,
        name,
        label: name,
        plan,
        estimate: new Estimate(),
        tracked: this.#tracked,
        gated: isGated(plan),
      };
    } catch (error) {
      if (!(error instanceof BadOptionError)) throw error;
      throw new LoadFailedError(href, `options of its task ${name}: ${error.message}`, error);
    }
  }

  /** A name that several modules export is told apart by theirs, by as much of their paths as it takes. */
  #nameApart(): void {
    for (const type of this.#types) {
      const others = this.#types.filter((other) => other.name === type.name && other.href !== type.href);
      type.label = others.length === 0 ? type.name : `${apart(type, others)}#${type.name}`;
    }
  }
}

function apart(type: TaskType, others: readonly TaskType[]): string {
  const own = segments(type.href);
  const suffix = (path: readonly string[], length: number): string => path.slice(-length).join('/');
  let length = 1;
  while (length < own.length && others.some((other) => suffix(segments(other.href), length) === suffix(own, length)))
    length++;
  return suffix(own, length);
}

/** Path of a module, without the ending of its file. */
function segments(href: string): string[] {
  const path = new URL(href).pathname;
  return path.slice(0, path.length - extname(path).length).split('/');
}

function hrefOf(specifier: string | URL): string {
  const given = specifier instanceof URL ? specifier.href : specifier;
  if (typeof given !== 'string') throw noModule(typeof given);
  if (given === '') throw noModule('an empty string');
  if (/^(?:file|data):/i.test(given)) return given;
  // One letter is no scheme but a drive of Windows.
  if (/^[a-z][a-z\d+.-]+:/i.test(given)) throw noModule(`'${given}'`);
  return pathToFileURL(resolve(given)).href;
}

function noModule(given: string): BadOptionError {
  return new BadOptionError('specifier', `Expected the module to be a file: or data: URL, or a path, got ${given}`);
}

function gone(): never {
  throw new ClosedError(false);
}

function deathText(death: unknown): string {
  const exitCode = typeof death === 'object' && death !== null && 'exitCode' in death ? death.exitCode : undefined;
  return typeof exitCode === 'number' ? `exit code ${exitCode}` : textOf(death);
}
