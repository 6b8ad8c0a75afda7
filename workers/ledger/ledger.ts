import { setImmediate as nextTurn, setTimeout as startTimer } from 'node:timers';
import type { Attempt } from '../attempt.js';
import { current } from '../current.js';
import type { HoldingNote, LedgerTerms } from '../protocol/ledger.js';
import type { FromThread } from '../protocol/messages.js';
import { Owners } from '../protocol/owners.js';
import { Gauge, type RecorderViews } from '../protocol/recorder.js';
import { bindDirectories } from './directories.js';
import type { Holding } from './holding.js';
import { Site } from './site.js';

/** So many openings of each task are noted with their line in a thread before anything is known against it. */
const FIRST_OPENINGS = 32;
/** An attempt that returns while it opens something is waited for so long; the opening of a FIFO that nobody writes to never comes back. */
const OPENING_MS = 1_000;

/** What this thread has opened and not yet closed, whose it is, and what was left behind. */
export class Ledger {
  readonly #terms: LedgerTerms;
  readonly #gauges: Float64Array;
  readonly #owners: Owners;
  readonly #stamp: number;
  readonly #say: (message: Extract<FromThread, { type: 'left' | 'returned' }>) => void;
  // All holdings, a list linked through them: opening and closing a file takes a microsecond, and a Set would be a tenth of that.
  #first: Holding | undefined;
  #last: Holding | undefined;
  readonly #byDescriptor: (Holding | undefined)[] = [];
  /** Pooled or busy when their attempts ended: to be looked at again. */
  readonly #undecided = new Set<Holding>();
  #looksLater = false;
  /** Attempts that are about to end and still open something. */
  readonly #settling = new Map<Attempt, () => void>();
  #open = 0;
  #held = 0;
  #leaked = 0;
  /** Openings and closings that have begun and not ended. */
  pending = 0;
  /** Whether asynchronous calls are let through; once the thread is about to end they never return, so that none is cut off half done. */
  gate: 'open' | 'shut' = 'open';

  constructor(parts: {
    terms: LedgerTerms;
    views: RecorderViews;
    say: (message: Extract<FromThread, { type: 'left' | 'returned' }>) => void;
  }) {
    this.#terms = parts.terms;
    this.#gauges = parts.views.gauges;
    this.#owners = new Owners(parts.terms.owners);
    this.#stamp = parts.terms.stamp;
    this.#say = parts.say;
    this.#publish();
  }

  /** Whether ended attempts hold so much that the thread has to be recycled before it does anything else. */
  get isFull(): boolean {
    if (this.#held < this.#terms.mostHeld) return false;
    // Some may have been closed behind our back: handles that the garbage collector found, numbers that sockets were made of.
    for (const holding of this.#all()) if (holding.state !== 'open' && !holding.isOpen()) this.remove(holding);
    return this.#held >= this.#terms.mostHeld;
  }

  /** How many attempts may run side by side so that a descriptor left by each is not too many: any number, until one has left something. */
  get room(): number {
    return this.#held === 0 ? Number.POSITIVE_INFINITY : this.#terms.mostHeld - this.#held;
  }

  /** Descriptors open here. */
  get open(): number {
    return this.#open;
  }

  /** The table of owners and this thread's stamp in it. */
  get owners(): { readonly table: Owners; readonly stamp: number } {
    return { table: this.#owners, stamp: this.#stamp };
  }

  /**
   * The line that calls `callee` now, if the policy wants it noted for what the attempt opens. Policy 'off' notes first openings as well, but
   * tells nobody: without them, what a module opens could not be told from what a task does.
   */
  // eslint-disable-next-line @typescript-eslint/no-unsafe-function-type -- any function can be the one that was called
  site(attempt: Attempt | undefined, callee: Function, frames: number): Site | undefined {
    if (this.#terms.stacks !== 'always' && !this.isSuspect(attempt)) return undefined;
    return Site.above(callee, frames, this.#terms.stacks !== 'off');
  }

  /** Whether what the attempt opens is looked at closely: its task is under suspicion, or new here. */
  isSuspect(attempt: Attempt | undefined): boolean {
    return this.#terms.stacks === 'always' || attempt === undefined || attempt.handler.openings < FIRST_OPENINGS;
  }

  /** An opening has begun, of an attempt; or a closing, which is counted the same way so that none is cut off. */
  began(attempt: Attempt | undefined): void {
    this.pending++;
    if (attempt !== undefined) attempt.opening++;
  }

  /** It has ended, well or not. */
  ended(attempt: Attempt | undefined): void {
    this.pending--;
    if (attempt === undefined) return;
    attempt.opening--;
    if (attempt.opening > 0) return;
    if (attempt.state === 'ended') this.judgeLater(attempt);
    else if (this.#settling.size > 0) this.#settling.get(attempt)?.();
  }

  /** Enters something that was opened. */
  add(holding: Holding): void {
    const { attempt, fd } = holding;
    this.#link(holding);
    this.#open += holding.descriptors;
    if (fd >= 0) this.bind(holding, fd);
    this.#gauges[Gauge.descriptorsOpen] = this.#open;
    if (attempt === undefined) return;
    attempt.holdings++;
    attempt.opened += holding.descriptors;
    attempt.handler.openings++;
    if (attempt.state === 'ended') this.judgeLater(attempt);
  }

  /** Notes the descriptor of something; a number that something else had is not that one's any more. */
  bind(holding: Holding, fd: number): void {
    if (holding.state === 'closed' || fd < 0) return;
    const former = this.#byDescriptor[fd];
    if (former !== undefined && former !== holding) this.#displace(former);
    holding.fd = fd;
    this.#byDescriptor[fd] = holding;
    this.#owners.claim(fd, this.#stamp, (holding.attempt?.id ?? 0) | 0);
  }

  /** The number of something is another's now. A directory's was only guessed, and so the guess was wrong; anything else is closed. */
  #displace(former: Holding): void {
    if (former.resource === 'directory') former.fd = -1;
    else this.remove(former);
  }

  /** What a descriptor of this thread belongs to. */
  at(fd: number): Holding | undefined {
    return this.#byDescriptor[fd];
  }

  /** Strikes out something that is closed or about to be. To be called before its number is free, where that can be known. */
  remove(holding: Holding): void {
    const { attempt, fd, state } = holding;
    if (state === 'closed') return;
    const note =
      state === 'leaked' && attempt !== undefined && current.getStore() === attempt ? holding.note() : undefined;
    holding.state = 'closed';
    this.#unlink(holding);
    if (this.#undecided.size > 0) this.#undecided.delete(holding);
    if (fd >= 0 && this.#byDescriptor[fd] === holding) {
      this.#byDescriptor[fd] = undefined;
      this.#owners.release(fd, this.#stamp);
    }
    if (attempt !== undefined) attempt.holdings--;
    this.#open -= holding.descriptors;
    if (state === 'open') {
      this.#gauges[Gauge.descriptorsOpen] = this.#open;
      return;
    }
    this.#held -= holding.descriptors;
    if (state === 'leaked') this.#leaked -= holding.descriptors;
    this.#publish();
    // Late, but closed by its own task: no leak after all.
    if (note !== undefined) this.#say({ type: 'returned', note });
  }

  /** Strikes out what a descriptor belongs to, because it is about to be closed. */
  closing(fd: number): void {
    const holding = this.#byDescriptor[fd];
    if (holding !== undefined) this.remove(holding);
  }

  /** Judges what an attempt leaves behind that is about to end; after one turn of the event loop, in which streams and handles close. */
  async settle(attempt: Attempt): Promise<void> {
    await turn();
    if (attempt.opening > 0) {
      await this.#opened(attempt);
      await turn();
    }
    this.#judge(attempt);
  }

  /** Waits until nothing of the attempt's is being opened any more. */
  #opened(attempt: Attempt): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        this.#settling.delete(attempt);
        resolve();
      };
      const timer = startTimer(done, OPENING_MS);
      this.#settling.set(attempt, done);
    });
  }

  /** The same for an attempt that has ended already; its outcome does not wait. */
  judgeLater(attempt: Attempt): void {
    nextTurn(() => {
      this.#judge(attempt);
    });
  }

  /** Another look at what was undecided, at most once a turn; to be called when an attempt has ended. */
  lookLater(): void {
    if (this.#undecided.size === 0 || this.#looksLater) return;
    this.#looksLater = true;
    nextTurn(() => {
      this.#looksLater = false;
      this.#lookAgain();
    });
  }

  /** What there is, after another look at what was undecided. */
  notes(): HoldingNote[] {
    this.#lookAgain();
    const open: Holding[] = [];
    for (const holding of this.#all()) {
      if (holding.isOpen()) open.push(holding);
      else this.remove(holding);
    }
    bindDirectories(this, open);
    return open.map((holding) => holding.note());
  }

  /** Everything in it, latest first: what was opened first may be needed by what came later. */
  latestFirst(): Holding[] {
    return this.#all().reverse();
  }

  /** Sorts what is still open of an attempt into leaked, retained and neither, and tells the supervisor. */
  #judge(attempt: Attempt): void {
    if (attempt.holdings > 0) {
      for (const holding of this.#all()) {
        if (holding.attempt === attempt && holding.state === 'open') this.#undecided.add(holding);
      }
    }
    this.#lookAgain(attempt);
  }

  #lookAgain(ending?: Attempt): void {
    const left = [...this.#undecided].filter((holding) => this.#decide(holding));
    if (left.length === 0) return;
    bindDirectories(this, left);
    this.#publish();
    this.#say({ type: 'left', id: ending?.id ?? 0, notes: left.map((holding) => holding.note()) });
  }

  /** True if it turned out to be left behind. */
  #decide(holding: Holding): boolean {
    const { attempt } = holding;
    if (attempt === undefined || !holding.isOpen()) {
      this.remove(holding);
      return false;
    }
    const use = holding.use();
    // What is once in a pool is the pool's for good, whoever takes it out next.
    if (use === 'pooled' || holding.site?.isModules() === true) {
      this.#undecided.delete(holding);
      attempt.holdings--;
      holding.disown();
      this.bind(holding, holding.fd);
      return false;
    }
    if (use === 'busy') return false;
    this.#undecided.delete(holding);
    // From now on the task is looked at closely.
    attempt.handler.openings = Number.NEGATIVE_INFINITY;
    holding.state = holding.resource === 'file' || holding.resource === 'directory' ? 'leaked' : 'retained';
    this.#held += holding.descriptors;
    if (holding.state === 'leaked') this.#leaked += holding.descriptors;
    return true;
  }

  #all(): Holding[] {
    const all: Holding[] = [];
    for (let holding = this.#first; holding !== undefined; holding = holding.next) all.push(holding);
    return all;
  }

  #link(holding: Holding): void {
    holding.previous = this.#last;
    if (this.#last === undefined) this.#first = holding;
    else this.#last.next = holding;
    this.#last = holding;
  }

  #unlink(holding: Holding): void {
    const { previous, next } = holding;
    if (previous === undefined) this.#first = next;
    else previous.next = next;
    if (next === undefined) this.#last = previous;
    else next.previous = previous;
    holding.previous = holding.next = undefined;
  }

  #publish(): void {
    this.#gauges[Gauge.descriptorsOpen] = this.#open;
    this.#gauges[Gauge.descriptorsHeld] = this.#held;
    this.#gauges[Gauge.descriptorsLeaked] = this.#leaked;
  }
}

/** One turn of the event loop. */
export function turn(): Promise<void> {
  return new Promise((resolve) => {
    nextTurn(resolve);
  });
}
