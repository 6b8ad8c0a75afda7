import { ChildProcess } from 'node:child_process';
import { clearTimeout, setTimeout } from 'node:timers';
import type { Attempt } from '../attempt.js';
import { currentAttempt } from '../current.js';
import { Holding, type Use } from './holding.js';
import type { Ledger } from './ledger.js';
import { PidTable } from './pid-table.js';
import { replace } from './replace.js';
import { type Site, SOCKET_FRAMES } from './site.js';

/** A child that is asked to end is killed after so long. */
const KILL_AFTER_MS = 500;
/** Arguments can be whole programs; a name is read by people. */
const MOST_NAME = 120;

/**
 * A child process with its pipes, from its start until it has ended and they are closed. One that was started `detached` is meant to outlive:
 * it is in the ledger like any other, but it is neither ended with its thread nor in the table of process ids.
 */
export class ProcessHolding extends Holding {
  readonly resource = 'process';
  readonly #child: WeakRef<ChildProcess>;
  readonly #name: string;
  readonly #detached: boolean;
  readonly #exit: Promise<void>;
  #exited = false;
  /** To be called when the process has ended. */
  exited: () => void = () => undefined;

  constructor(attempt: Attempt | undefined, site: Site | undefined, child: ChildProcess, detached: boolean) {
    super(attempt, site);
    this.#child = new WeakRef(child);
    const name = `pid ${child.pid ?? 0} ${child.spawnargs.join(' ')}`;
    this.#name = name.length > MOST_NAME ? `${name.slice(0, MOST_NAME - 1)}…` : name;
    this.#detached = detached;
    this.#exit = new Promise((resolve) => {
      this.exited = () => {
        this.#exited = true;
        resolve();
      };
    });
  }

  override name(): string {
    return this.#name;
  }

  override isOpen(): boolean {
    return this.state !== 'closed';
  }

  /** Told to end, or ended with its last output still to be read: it will be closed by itself. */
  override use(): Use {
    return this.#exited || this.#child.deref()?.killed === true ? 'busy' : 'idle';
  }

  override async close(): Promise<void> {
    const child = this.#child.deref();
    if (!this.#detached && !this.#exited) {
      child?.kill('SIGTERM');
      const timer = setTimeout(() => child?.kill('SIGKILL'), KILL_AFTER_MS);
      await this.#exit;
      clearTimeout(timer);
    }
    // Whoever inherited the pipes may keep them open for ever.
    for (const stream of child?.stdio ?? []) stream?.destroy();
    if (child?.connected === true) child.disconnect();
  }
}

/** What is reached below a child process. */
interface Spawning {
  readonly _handle: { onexit: (...args: never[]) => unknown } | null;
  spawn(options: SpawnOptions): unknown;
}

interface SpawnOptions {
  readonly detached?: boolean;
  /** Node puts its own list here, with the ends of the pipes that it keeps. */
  readonly stdio?: readonly { readonly type: string; readonly handle?: PipeHandle }[];
}

interface PipeHandle {
  readonly fd?: number;
  close: (...args: never[]) => unknown;
}

/**
 * Follows child processes: all ways to start one that does not block end up in `ChildProcess.prototype.spawn`. `children` is the recorder's
 * table of process ids.
 */
export function trackChildren(ledger: Ledger, children: Int32Array): void {
  const pids = new PidTable(children);
  replace(ChildProcess.prototype as unknown as Spawning, 'spawn', (native) => {
    function spawn(this: ChildProcess & Spawning, options: SpawnOptions): unknown {
      const result: unknown = Reflect.apply(native, this, [options]);
      // Without a number it was not started; Node closes what it had opened, and tells by an event.
      if (this.pid !== undefined) {
        const attempt = currentAttempt();
        const site = ledger.site(attempt, spawn, SOCKET_FRAMES);
        enter(ledger, pids, this, options, new ProcessHolding(attempt, site, this, options.detached === true));
      }
      return result;
    }
    return spawn;
  });
}

function enter(
  ledger: Ledger,
  pids: PidTable,
  child: ChildProcess & Spawning,
  options: SpawnOptions,
  holding: ProcessHolding,
): void {
  const pipes = pipesOf(options);
  holding.descriptors = pipes.length;
  ledger.add(holding);
  let open = pipes.length;
  let exited = false;
  const removeWhenOver = (): void => {
    if (exited && open === 0) ledger.remove(holding);
  };
  for (const pipe of pipes) {
    claim(ledger, holding, pipe, () => {
      open--;
      removeWhenOver();
    });
  }
  const strike = options.detached === true ? undefined : pids.enter(child.pid ?? 0);
  if (child._handle === null) return;
  replace(child._handle, 'onexit', (native) => {
    return function onexit(this: unknown, ...args: never[]): unknown {
      // First of all: the number may be given to another process from now on.
      strike?.();
      exited = true;
      holding.exited();
      removeWhenOver();
      return Reflect.apply(native, this, args);
    };
  });
}

/** Pipes that were made for the child; not what was lent to it. */
function pipesOf({ stdio = [] }: SpawnOptions): PipeHandle[] {
  const made = stdio.filter(({ type }) => type === 'pipe' || type === 'overlapped');
  return made.flatMap(({ handle }) => (handle === undefined ? [] : [handle]));
}

/** Puts a pipe's descriptor under its process's owner until just before it is closed. A holding has one number, so this is done by hand. */
function claim(ledger: Ledger, holding: ProcessHolding, pipe: PipeHandle, closed: () => void): void {
  const { table, stamp } = ledger.owners;
  const fd = pipe.fd ?? -1;
  table.claim(fd, stamp, (holding.attempt?.id ?? 0) | 0);
  let isOpen = true;
  replace(pipe, 'close', (native) => {
    return function close(this: unknown, ...args: never[]): unknown {
      if (isOpen) {
        isOpen = false;
        table.release(fd, stamp);
        closed();
      }
      return Reflect.apply(native, this, args);
    };
  });
}
