import fs from 'node:fs';
import type { Attempt } from '../attempt.js';
import { currentAttempt } from '../current.js';
import { textOf } from './files.js';
import { Holding, type Use } from './holding.js';
import type { Ledger } from './ledger.js';
import { replace } from './replace.js';
import { FILE_FRAMES, Site } from './site.js';

/** Something that is watched. It has no descriptor of its own: all watches of an event loop share one. */
export abstract class WatcherHolding extends Holding {
  readonly resource = 'watcher';
  override descriptors = 0;
  readonly #path: string | null;

  constructor(attempt: Attempt | undefined, site: Site | undefined, path: unknown) {
    super(attempt, site);
    this.#path = textOf(path);
  }

  override name(): string | null {
    return this.#path;
  }

  override use(): Use {
    return 'idle';
  }
}

/** Of `fs.watch`. */
class EventWatch extends WatcherHolding {
  readonly #watcher: WeakRef<fs.FSWatcher>;

  constructor(attempt: Attempt | undefined, site: Site | undefined, path: unknown, watcher: fs.FSWatcher) {
    super(attempt, site, path);
    this.#watcher = new WeakRef(watcher);
  }

  /** One that failed has closed itself without a call of `close`. */
  override isOpen(): boolean {
    const watcher = this.#watcher.deref() as (fs.FSWatcher & { _handle?: object | null }) | undefined;
    return watcher !== undefined && watcher._handle !== null;
  }

  override close(): void {
    this.#watcher.deref()?.close();
  }
}

/** Of `fs.watchFile`: one listener of a file. */
class StatWatch extends WatcherHolding {
  readonly #path: string;
  readonly #watcher: WeakRef<fs.StatWatcher>;
  readonly #listener: WeakRef<StatListener>;

  constructor(
    attempt: Attempt | undefined,
    site: Site | undefined,
    path: string,
    watcher: fs.StatWatcher,
    listener: StatListener,
  ) {
    super(attempt, site, path);
    this.#path = path;
    this.#watcher = new WeakRef(watcher);
    this.#listener = new WeakRef(listener);
  }

  isFor(path: string | null, listener: unknown): boolean {
    return this.#path === path && (listener === undefined || this.#listener.deref() === listener);
  }

  override isOpen(): boolean {
    const listener = this.#listener.deref();
    return listener !== undefined && this.#watcher.deref()?.listeners('change').includes(listener) === true;
  }

  override close(): void {
    const listener = this.#listener.deref();
    if (listener !== undefined) fs.unwatchFile(this.#path, listener);
  }
}

/** Of `fs.promises.watch`: an iterator that was begun. */
class IteratedWatch extends WatcherHolding {
  readonly #iterator: WeakRef<Watching>;
  readonly #signal: WeakRef<AbortSignal> | undefined;

  constructor(
    attempt: Attempt | undefined,
    site: Site | undefined,
    path: unknown,
    iterator: Watching,
    signal: AbortSignal | undefined,
  ) {
    super(attempt, site, path);
    this.#iterator = new WeakRef(iterator);
    this.#signal = signal === undefined ? undefined : new WeakRef(signal);
  }

  /** An iterator that was forgotten goes on watching; an aborted one is told so only when it is asked for more. */
  override isOpen(): boolean {
    return this.state !== 'closed' && this.#signal?.deref()?.aborted !== true;
  }

  /** Not waited for: it answers after the next change of what it watches, if one is being waited for. */
  override close(): void {
    this.#iterator
      .deref()
      ?.return(undefined)
      .catch(() => undefined);
  }
}

type StatListener = (...args: unknown[]) => void;
type Watching = AsyncGenerator<unknown, unknown>;
type Answer = IteratorResult<unknown, unknown>;

/** Follows what watches files and directories. */
export function trackWatchers(ledger: Ledger): void {
  trackWatch(ledger);
  trackWatchFile(ledger);
  trackIteratedWatch(ledger);
}

function trackWatch(ledger: Ledger): void {
  const holdings = new WeakMap<fs.FSWatcher, EventWatch>();
  const prototypes = new WeakSet();
  replace(fs as { watch: (...args: unknown[]) => fs.FSWatcher }, 'watch', (native) => {
    function watch(this: unknown, ...args: unknown[]): fs.FSWatcher {
      const watcher = Reflect.apply(native, this, args);
      if (isPartOfWatch(watch)) return watcher;
      const attempt = currentAttempt();
      const holding = new EventWatch(attempt, ledger.site(attempt, watch, FILE_FRAMES), args[0], watcher);
      holdings.set(watcher, holding);
      ledger.add(holding);
      followClose(watcher);
      return watcher;
    }
    return watch;
  });

  /** The classes are nobody's but Node's, and there are two of them: a watcher is needed to get at its prototype. */
  function followClose(watcher: fs.FSWatcher): void {
    const prototype = Object.getPrototypeOf(watcher) as fs.FSWatcher;
    if (prototypes.has(prototype)) return;
    prototypes.add(prototype);
    replace(prototype, 'close', (native) => {
      return function close(this: fs.FSWatcher): void {
        const holding = holdings.get(this);
        if (holding !== undefined) ledger.remove(holding);
        Reflect.apply(native, this, []);
      };
    });
  }
}

function trackWatchFile(ledger: Ledger): void {
  const holdings = new Set<StatWatch>();
  const remove = (holding: StatWatch): void => {
    holdings.delete(holding);
    ledger.remove(holding);
  };
  replace(fs as { watchFile: (...args: unknown[]) => fs.StatWatcher }, 'watchFile', (native) => {
    function watchFile(this: unknown, ...args: unknown[]): fs.StatWatcher {
      const watcher = Reflect.apply(native, this, args);
      const path = textOf(args[0]);
      if (path === null || isPartOfWatch(watchFile)) return watcher;
      const attempt = currentAttempt();
      const site = ledger.site(attempt, watchFile, FILE_FRAMES);
      const listener = args.find((arg) => typeof arg === 'function') as StatListener;
      const holding = new StatWatch(attempt, site, path, watcher, listener);
      holdings.add(holding);
      ledger.add(holding);
      return watcher;
    }
    return watchFile;
  });
  replace(fs as { unwatchFile: (...args: unknown[]) => void }, 'unwatchFile', (native) => {
    return function unwatchFile(this: unknown, ...args: unknown[]): void {
      Reflect.apply(native, this, args);
      const listener = typeof args[1] === 'function' ? args[1] : undefined;
      // Those that were struck out for another reason are of the past.
      for (const holding of holdings) if (holding.state === 'closed') holdings.delete(holding);
      const meant = [...holdings].filter((holding) => holding.isFor(textOf(args[0]), listener));
      // One listener may be there several times; the last one goes.
      for (const holding of listener === undefined ? meant : meant.slice(-1)) remove(holding);
    };
  });
}

function trackIteratedWatch(ledger: Ledger): void {
  replace(fs.promises as unknown as { watch: (...args: unknown[]) => Watching }, 'watch', (native) => {
    function watch(this: unknown, ...args: unknown[]): Watching {
      const iterator = Reflect.apply(native, this, args);
      if (ledger.calls.gate === 'shut') return iterator;
      const attempt = currentAttempt();
      const site = ledger.site(attempt, watch, FILE_FRAMES);
      const signal = (args[1] as { signal?: AbortSignal } | undefined)?.signal;
      follow(ledger, iterator, new IteratedWatch(attempt, site, args[0], iterator, signal));
      return iterator;
    }
    return watch;
  });
}

/** It watches from its first `next` on, until it ends, fails, or is told to return. */
function follow(ledger: Ledger, iterator: Watching, holding: IteratedWatch): void {
  let began = false;
  const end = (): void => {
    if (began) ledger.remove(holding);
    began = true;
  };
  const instead = (name: 'next' | 'return' | 'throw', before: () => void, after: (result: Answer) => void): void => {
    const native: unknown = Reflect.get(iterator, name);
    const value = (...args: unknown[]): Promise<Answer> => {
      before();
      const answer = Reflect.apply(native as (...args: unknown[]) => Promise<Answer>, iterator, args);
      return answer.then(
        (result) => {
          after(result);
          return result;
        },
        (error: unknown) => {
          end();
          throw error;
        },
      );
    };
    Object.defineProperty(iterator, name, { value, configurable: true, writable: true });
  };
  const begin = (): void => {
    if (!began) ledger.add(holding);
    began = true;
  };
  instead('next', begin, ({ done }) => {
    if (done === true) end();
  });
  instead('return', end, () => undefined);
  instead('throw', end, () => undefined);
}

/** Whether a call of `callee` comes from Node's own recursive watcher: that one was entered as a whole. */
// eslint-disable-next-line @typescript-eslint/no-unsafe-function-type -- any function can be the one that was called
function isPartOfWatch(callee: Function): boolean {
  return Site.above(callee, 4, false).passes('node:internal/fs/recursive_watch');
}
