import type { Attempt } from '../attempt.js';
import type { HoldingNote, ResourceKind, Standing } from '../protocol/ledger.js';
import type { Site } from './site.js';

/** How something is being used when its attempt has ended. */
export type Use =
  /** Nobody will close it any more, as far as can be told. */
  | 'idle'
  /** In a pool that keeps it for whoever comes next. */
  | 'pooled'
  /** Work on it, or its closing, is under way: look again later. */
  | 'busy';

/**
 * One thing that is open, from its opening to its closing.
 *
 * | state | meaning | goes on to |
 * |---|---|---|
 * | `open` | its attempt runs, or nobody has judged it yet | `leaked`, `retained`, `closed` |
 * | `leaked`, `retained` | it has outlived its attempt, and the supervisor was told | `closed` |
 * | `closed` | it is closed, or being closed | – |
 */
export abstract class Holding {
  abstract readonly resource: ResourceKind;
  #attempt: Attempt | undefined;
  /** Where; undefined when it was not noted. */
  site: Site | undefined;
  /** Its descriptor; -1 as long as it has none, or none that is known. */
  fd = -1;
  /** How many descriptors it has: 1, unless it is something like a child process with pipes, or a watcher without. */
  descriptors = 1;
  state: 'open' | 'leaked' | 'retained' | 'closed' = 'open';
  /** Its neighbours in the ledger, in the order of opening. */
  previous: Holding | undefined;
  next: Holding | undefined;

  constructor(attempt: Attempt | undefined, site: Site | undefined) {
    this.#attempt = attempt;
    this.site = site;
  }

  /** Who opened it; undefined for a module, a resource of the thread, or what was declared shared. */
  get attempt(): Attempt | undefined {
    return this.#attempt;
  }

  /** It was no attempt's after all. */
  disown(): void {
    this.#attempt = undefined;
    // Read now: an unread stack keeps whatever was being called alive, for as long as this stays open.
    this.site?.line();
  }

  /** Path, address, or what else names it. */
  abstract name(): string | null;

  /** Whether it is still open, and still what it was when it was opened: a number may be somebody else's by now. */
  abstract isOpen(): boolean;

  /** How it is being used, once its attempt has ended. */
  abstract use(): Use;

  /** Closes it; called in its own thread, when the thread is about to end. Resolves when it is closed. */
  abstract close(): Promise<void> | void;

  /** As plain data. */
  note(): HoldingNote {
    const { attempt } = this;
    return {
      resource: this.resource,
      descriptor: this.fd < 0 ? null : this.fd,
      path: this.name(),
      openedAt: this.site?.line() ?? null,
      handler: attempt?.handler.task ?? null,
      task: attempt?.handler.label ?? null,
      taskId: attempt?.id ?? null,
      standing: this.#standing(),
    };
  }

  #standing(): Standing {
    if (this.state === 'leaked' || this.state === 'retained') return this.state;
    const isIts = this.attempt?.state === 'running' || this.attempt?.state === 'loading';
    return !isIts && this.use() !== 'idle' ? 'pooled' : 'open';
  }
}
