import fs, { type Dir } from 'node:fs';
import type { Attempt } from '../attempt.js';
import { currentAttempt } from '../current.js';
import { NEVER } from './calls.js';
import { textOf } from './files.js';
import { Holding, type Use } from './holding.js';
import type { Ledger } from './ledger.js';
import { readdirSync, readlinkSync } from './native-fs.js';
import { replace } from './replace.js';
import { FILE_FRAMES, type Site } from './site.js';

/** An open directory. Node keeps its number to itself; it is looked for among the kernel's links when somebody wants to know. */
class DirectoryHolding extends Holding {
  readonly resource = 'directory';
  readonly #path: string | null;
  readonly #dir: WeakRef<Dir>;

  constructor(attempt: Attempt | undefined, site: Site | undefined, path: unknown, dir: Dir) {
    super(attempt, site);
    this.#path = textOf(path);
    this.#dir = new WeakRef(dir);
  }

  override name(): string | null {
    return this.#path;
  }

  override isOpen(): boolean {
    return this.#dir.deref() !== undefined;
  }

  override use(): Use {
    return 'idle';
  }

  override async close(): Promise<void> {
    await this.#dir.deref()?.close();
  }
}

/** Follows `fs.opendir` in its three forms, and what is done with the directories. */
export function trackDirectories(ledger: Ledger): void {
  const known = new WeakMap<Dir, Holding>();
  const enter = (dir: Dir, attempt: Attempt | undefined, site: Site | undefined, path: unknown): void => {
    const holding = new DirectoryHolding(attempt, site, path, dir);
    known.set(dir, holding);
    ledger.add(holding);
  };
  trackOpening(ledger, enter);
  for (const name of ['close', 'closeSync'] as const) {
    replace(fs.Dir.prototype, name, (native: (...args: never[]) => unknown) => {
      return function close(this: Dir, ...args: never[]): unknown {
        const holding = known.get(this);
        if (holding !== undefined) ledger.remove(holding);
        const closed: unknown = Reflect.apply(native, this, args);
        return closed instanceof Promise ? ledger.calls.closing(closed) : closed;
      };
    });
  }
}

type Enter = (dir: Dir, attempt: Attempt | undefined, site: Site | undefined, path: unknown) => void;
type Opendir = (...args: unknown[]) => unknown;

function trackOpening(ledger: Ledger, enter: Enter): void {
  replace(fs, 'opendirSync', (native) => {
    function opendirSync(this: unknown, ...args: Parameters<typeof native>): Dir {
      const attempt = currentAttempt();
      const site = ledger.site(attempt, opendirSync, FILE_FRAMES);
      const dir = Reflect.apply(native, this, args);
      enter(dir, attempt, site, args[0]);
      return dir;
    }
    return opendirSync;
  });
  replace(fs as unknown as { opendir: Opendir }, 'opendir', (native) => {
    function opendir(this: unknown, ...args: unknown[]): unknown {
      const done = args.at(-1);
      if (typeof done !== 'function') return Reflect.apply(native, this, args);
      if (ledger.calls.gate === 'shut') return undefined;
      const attempt = currentAttempt();
      const site = ledger.site(attempt, opendir, FILE_FRAMES);
      const back = ledger.calls.openingBack(attempt, done as (error: Error | null, dir: Dir) => void, (dir) => {
        enter(dir, attempt, site, args[0]);
      });
      const result = Reflect.apply(native, this, [...args.slice(0, -1), back]);
      ledger.calls.began(attempt);
      return result;
    }
    return opendir;
  });
  replace(fs.promises, 'opendir', (native) => {
    function opendir(this: unknown, ...args: Parameters<typeof native>): Promise<Dir> {
      if (ledger.calls.gate === 'shut') return NEVER;
      const attempt = currentAttempt();
      const site = ledger.site(attempt, opendir, FILE_FRAMES);
      return ledger.calls.opening(attempt, Reflect.apply(native, this, args), (dir) => {
        enter(dir, attempt, site, args[0]);
      });
    }
    return opendir;
  });
}

/** Finds the numbers of directories whose holdings have none yet, among those the kernel lists and nobody owns. */
export function bindDirectories(ledger: Ledger, holdings: readonly Holding[]): void {
  const unbound = holdings.filter((holding) => holding.resource === 'directory' && holding.fd < 0);
  if (unbound.length === 0) return;
  for (const [fd, link] of openLinks()) {
    if (ledger.owners.table.ownerOf(fd) !== 0) continue;
    const at = unbound.findIndex((holding) => holding.name() === link);
    const holding = unbound[at];
    if (holding === undefined) continue;
    unbound.splice(at, 1);
    ledger.bind(holding, fd);
  }
}

function openLinks(): [fd: number, link: string][] {
  try {
    return readdirSync('/proc/self/fd').flatMap((name): [number, string][] => {
      try {
        return [[Number(name), readlinkSync(`/proc/self/fd/${name}`)]];
      } catch {
        return [];
      }
    });
  } catch {
    // No such view of the kernel's on this platform.
    return [];
  }
}
