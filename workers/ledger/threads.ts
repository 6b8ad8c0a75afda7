import workerThreads, {
  getEnvironmentData,
  setEnvironmentData,
  type Worker,
  type WorkerOptions,
} from 'node:worker_threads';
import type { Attempt } from '../attempt.js';
import { currentAttempt } from '../current.js';
import { MOST_DESCRIPTORS } from '../protocol/owners.js';
import { textOf } from './files.js';
import { Holding, type Use } from './holding.js';
import type { Ledger } from './ledger.js';
import { fstatSync } from './native-fs.js';
import { NESTED, type NestedTerms } from './nested-terms.js';
import { replace } from './replace.js';
import { type Site, SOCKET_FRAMES } from './site.js';

/** A thread that was started here. The descriptors of its event loop are nobody's. */
export class ThreadHolding extends Holding {
  readonly resource = 'thread';
  override descriptors = 0;
  readonly #worker: WeakRef<Worker>;
  readonly #source: string | null;
  /** Whether it was told to end. */
  isEnding = false;

  constructor(attempt: Attempt | undefined, site: Site | undefined, worker: Worker, source: string | null) {
    super(attempt, site);
    this.#worker = new WeakRef(worker);
    this.#source = source;
  }

  override name(): string | null {
    return this.#source;
  }

  override isOpen(): boolean {
    return this.state !== 'closed';
  }

  override use(): Use {
    return this.isEnding ? 'busy' : 'idle';
  }

  override async close(): Promise<void> {
    await this.#worker.deref()?.terminate();
  }
}

/** What threads that are started from here need to keep to the same tables. */
export interface ThreadParts {
  /** The file that they load before all others; CommonJS. */
  readonly entry: string;
  /** The recorder's table of process ids. */
  readonly children: Int32Array;
  /** The task above, in a thread that itself was started by one. */
  readonly task?: number;
}

type Arguments = readonly [source: string | URL, options?: WorkerOptions];

/**
 * Follows threads that tasks start, and makes those keep to the table of owners under their owner's stamp and task: each loads a file of ours
 * first, and finds what that needs in its environment data.
 *
 * `Worker` is replaced by a proxy, not by a subclass: so its prototype, what is an instance of it and what extends it stay the same.
 */
export function trackThreads(ledger: Ledger, parts: ThreadParts): void {
  const native = workerThreads.Worker;
  const holdings = new WeakMap<Worker, ThreadHolding>();
  const proxy: typeof Worker = new Proxy(native, {
    construct: function started(_native, args: [string | URL, WorkerOptions?], newTarget): Worker {
      const attempt = currentAttempt();
      const make = newTarget === proxy ? native : (newTarget as typeof Worker);
      const worker = underTerms(ledger, attempt, parts, args, () => startWithEntry(native, make, args, parts.entry));
      const site = ledger.site(attempt, started, SOCKET_FRAMES);
      const holding = new ThreadHolding(attempt, site, worker, sourceOf(args));
      holdings.set(worker, holding);
      ledger.add(holding);
      followExit(worker, () => {
        ledger.remove(holding);
        sweep(ledger);
      });
      return worker;
    },
  });
  replace(native.prototype, 'terminate', (terminate) => {
    return function ending(this: Worker, ...args: []): Promise<number> {
      const holding = holdings.get(this);
      if (holding !== undefined) holding.isEnding = true;
      return Reflect.apply(terminate, this, args);
    };
  });
  Object.defineProperty(native.prototype, 'constructor', { value: proxy, configurable: true, writable: true });
  workerThreads.Worker = proxy;
}

/** Starts a thread that finds the terms in its environment data, which it gets in this very moment; nobody else ever sees them there. */
function underTerms(
  ledger: Ledger,
  attempt: Attempt | undefined,
  { entry, children, task = attempt?.id ?? 0 }: ThreadParts,
  args: Arguments,
  start: () => Worker,
): Worker {
  const { table, stamp } = ledger.owners;
  const owners = table.words.buffer as SharedArrayBuffer;
  const former = getEnvironmentData(NESTED);
  const terms: NestedTerms = { owners, stamp, task, children, entry, execArgv: optionsOf(args) ?? [] };
  setEnvironmentData(NESTED, terms);
  try {
    return start();
  } finally {
    setEnvironmentData(NESTED, former);
  }
}

/**
 * Starts a thread that loads our entry first. Options of its parent that it would have got unasked may not be allowed when they are given by
 * name (they hold for the whole process, so nothing is lost without them); in the end it is started as it was asked for.
 */
function startWithEntry(native: typeof Worker, make: typeof Worker, args: Arguments, entry: string): Worker {
  const [source, options] = args;
  const given = optionsOf(args);
  const start = (execArgv: readonly string[]): Worker =>
    construct(native, make, [source, withExecArgv(options, ['--require', entry, ...execArgv])]);
  const asAsked = (): Worker => construct(native, make, args);
  if (given === undefined) return asAsked();
  try {
    return start(given);
  } catch (error) {
    if (!isRefused(error)) throw error;
    if (given !== process.execArgv) return asAsked();
    const allowed = given.filter((option) => !error.message.includes(option));
    try {
      return start(allowed);
    } catch (another) {
      if (!isRefused(another)) throw another;
      return asAsked();
    }
  }
}

/** The options for Node that a thread gets: its own, or those of this one; undefined if what was asked for is none of the kind. */
function optionsOf([, options]: readonly unknown[]): readonly string[] | undefined {
  if (options === undefined) return process.execArgv;
  if (typeof options !== 'object' || options === null) return undefined;
  const { execArgv } = options as { readonly execArgv?: unknown };
  if (execArgv === undefined) return process.execArgv;
  return Array.isArray(execArgv) ? (execArgv as string[]) : undefined;
}

function construct(native: typeof Worker, make: typeof Worker, args: Arguments): Worker {
  const worker: unknown = Reflect.construct(native, args, make);
  return worker as Worker;
}

function isRefused(error: unknown): error is Error {
  return error instanceof Error && (error as NodeJS.ErrnoException).code === 'ERR_WORKER_INVALID_EXEC_ARGV';
}

/** The options as they are, but for one; they may be anything with such properties, its own or inherited. */
function withExecArgv(options: WorkerOptions | undefined, execArgv: readonly string[]): WorkerOptions {
  return Object.create(options ?? null, { execArgv: { value: execArgv, enumerable: true } }) as WorkerOptions;
}

function sourceOf([source, options]: Arguments): string | null {
  if (options?.eval === true) return '[eval]';
  return source instanceof URL && source.protocol !== 'file:' ? source.protocol : textOf(source);
}

/** Calls back when a thread has ended. Its handle is asked, since a listener could be seen and counted. */
function followExit(worker: Worker, ended: () => void): void {
  const symbol = Object.getOwnPropertySymbols(worker).find(({ description }) => description === 'kHandle');
  const handle = symbol && (worker as unknown as Record<symbol, { onexit?: unknown } | null>)[symbol];
  if (typeof handle?.onexit !== 'function') {
    worker.once('exit', ended);
    return;
  }
  replace(handle as { onexit: (...args: never[]) => unknown }, 'onexit', (native) => {
    return function onexit(this: unknown, ...args: never[]): unknown {
      ended();
      return Reflect.apply(native, this, args);
    };
  });
}

/** Clears rows of descriptors that were closed by the end of a thread: it had no moment left to do so itself. */
function sweep(ledger: Ledger): void {
  const { table, stamp } = ledger.owners;
  for (let fd = 0; fd < MOST_DESCRIPTORS; fd++) {
    if (table.ownerOf(fd) === stamp && ledger.at(fd) === undefined && !isOpen(fd)) table.release(fd, stamp);
  }
}

function isOpen(fd: number): boolean {
  try {
    fstatSync(fd);
    return true;
  } catch {
    return false;
  }
}
