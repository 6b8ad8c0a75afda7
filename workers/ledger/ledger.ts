import type { Attempt } from '../attempt.js';
import { current } from '../current.js';
import type { HoldingNote, LedgerTerms } from '../protocol/ledger.js';
import type { FromThread } from '../protocol/messages.js';
import { Owners } from '../protocol/owners.js';
import { Gauge, type RecorderViews } from '../protocol/recorder.js';
import { Calls } from './calls.js';
import { bindDirectories } from './directories.js';
import type { Holding } from './holding.js';
import { HoldingList } from './holding-list.js';
import { Judge } from './judge.js';
import { Site } from './site.js';

/** So many openings of each task are noted with their line in a thread before anything is known against it. */
const FIRST_OPENINGS = 32;

/** What this thread has opened and not yet closed, and whose it is. */
export class Ledger {
  readonly calls = new Calls((attempt) => {
    this.judge.ended(attempt);
  });
  readonly judge = new Judge(this, (notes) => {
    this.#say({ type: 'left', notes });
  });
  readonly #terms: LedgerTerms;
  readonly #gauges: Float64Array;
  readonly #owners: Owners;
  readonly #say: (message: Extract<FromThread, { type: 'left' | 'returned' }>) => void;
  readonly #holdings = new HoldingList();
  readonly #byDescriptor: (Holding | undefined)[] = [];
  #open = 0;
  /** What attempts that run have open, */
  #running = 0;
  /** and attempts that have ended. */
  #held = 0;
  #leaked = 0;

  constructor(parts: {
    terms: LedgerTerms;
    views: RecorderViews;
    say: (message: Extract<FromThread, { type: 'left' | 'returned' }>) => void;
  }) {
    this.#terms = parts.terms;
    this.#gauges = parts.views.gauges;
    this.#owners = new Owners(parts.terms.owners);
    this.#say = parts.say;
    this.#publish();
  }

  /** Whether ended attempts hold so much that the thread has to be recycled before it does anything else. */
  get isFull(): boolean {
    if (this.#held < this.#terms.mostHeld) return false;
    // Some may have been closed behind our back: handles that the garbage collector found, numbers that sockets were made of.
    this.#sweep((holding) => holding.state !== 'open');
    return this.#held >= this.#terms.mostHeld;
  }

  /** How many attempts may run side by side so that a descriptor left by each is not too many: any number, until one has left something. */
  get room(): number {
    return this.#held === 0 ? Number.POSITIVE_INFINITY : this.#terms.mostHeld - this.#held;
  }

  /** The table of owners and this thread's stamp in it. */
  get owners(): { readonly table: Owners; readonly stamp: number } {
    return { table: this.#owners, stamp: this.#terms.stamp };
  }

  /**
   * The line that calls `callee` now, if the policy wants it noted for what the attempt opens. Policy 'off' notes first openings as well, but
   * tells nobody: without them, what a module opens could not be told from what a task does.
   */
  // eslint-disable-next-line @typescript-eslint/no-unsafe-function-type -- any function can be the one that was called
  site(attempt: Attempt | undefined, callee: Function, frames: number): Site | undefined {
    return this.isSuspect(attempt) ? Site.above(callee, frames, this.#terms.stacks !== 'off') : undefined;
  }

  /** Whether what the attempt opens is looked at closely: everything is, or its task is under suspicion, or new here. */
  isSuspect(attempt: Attempt | undefined): boolean {
    return this.#terms.stacks === 'always' || attempt === undefined || attempt.handler.openings < FIRST_OPENINGS;
  }

  /** Enters something that was opened. */
  add(holding: Holding): void {
    const { attempt, fd } = holding;
    this.#holdings.add(holding);
    this.#open += holding.descriptors;
    if (fd >= 0) this.bind(holding, fd);
    this.#gauges[Gauge.descriptorsOpen] = this.#open;
    if (attempt === undefined) return;
    attempt.holdings++;
    attempt.opened += holding.descriptors;
    this.#run(attempt, holding.descriptors);
    attempt.handler.openings++;
    if (attempt.state === 'ended') this.judge.ended(attempt);
  }

  /** Notes the descriptor of something; a number that something else had is not that one's any more. */
  bind(holding: Holding, fd: number): void {
    if (holding.state === 'closed' || fd < 0) return;
    const former = this.#byDescriptor[fd];
    if (former !== undefined && former !== holding) this.#displace(former);
    holding.fd = fd;
    this.#byDescriptor[fd] = holding;
    this.#owners.claim(fd, this.#terms.stamp, (holding.attempt?.id ?? 0) | 0);
  }

  /** What a descriptor of this thread belongs to. */
  at(fd: number): Holding | undefined {
    return this.#byDescriptor[fd];
  }

  /** Strikes out something that is closed or about to be. To be called before its number is free, where that can be known. */
  remove(holding: Holding): void {
    const { attempt, fd, state } = holding;
    if (state === 'closed') return;
    // Late, but closed by its own task: no leak after all.
    const isReturned = state === 'leaked' && attempt !== undefined && current.getStore() === attempt;
    const note = isReturned ? holding.note() : undefined;
    holding.state = 'closed';
    this.#holdings.remove(holding);
    if (fd >= 0 && this.#byDescriptor[fd] === holding) {
      this.#byDescriptor[fd] = undefined;
      this.#owners.release(fd, this.#terms.stamp);
    }
    if (attempt !== undefined) {
      attempt.holdings--;
      this.#run(attempt, -holding.descriptors);
    }
    this.#open -= holding.descriptors;
    if (state === 'open') {
      this.#gauges[Gauge.descriptorsOpen] = this.#open;
      return;
    }
    this.#held -= holding.descriptors;
    if (state === 'leaked') this.#leaked -= holding.descriptors;
    this.#publish();
    if (note !== undefined) this.#say({ type: 'returned', note });
  }

  /** Strikes out what a descriptor belongs to, because it is about to be closed. */
  closing(fd: number): void {
    const holding = this.#byDescriptor[fd];
    if (holding !== undefined) this.remove(holding);
  }

  /** It is not its attempt's after all, but a module's or a pool's. */
  disown(holding: Holding): void {
    const { attempt } = holding;
    if (attempt !== undefined) {
      attempt.holdings--;
      this.#run(attempt, -holding.descriptors);
    }
    holding.disown();
    this.bind(holding, holding.fd);
  }

  /** It has outlived its attempt: a file or directory is leaked, anything else retained. */
  hold(holding: Holding): void {
    holding.state = holding.resource === 'file' || holding.resource === 'directory' ? 'leaked' : 'retained';
    this.#held += holding.descriptors;
    if (holding.state === 'leaked') this.#leaked += holding.descriptors;
    this.#publish();
  }

  /** Everything in it, first opened first. */
  all(): Holding[] {
    return this.#holdings.all();
  }

  /** What is open, as plain data, after another look at what was undecided. */
  notes(): HoldingNote[] {
    this.judge.look();
    this.#sweep(() => true);
    const open = this.all();
    bindDirectories(this, open);
    return open.map((holding) => holding.note());
  }

  /** An attempt ends; what it still has open is no running one's any more. */
  ended(attempt: Attempt): void {
    this.#run(attempt, -attempt.descriptors);
  }

  /** An attempt has so many descriptors more, which counts as long as it runs. */
  #run(attempt: Attempt, more: number): void {
    if (attempt.state === 'ended') return;
    attempt.descriptors += more;
    if (attempt.descriptors > attempt.peak) attempt.peak = attempt.descriptors;
    this.#running += more;
    this.#gauges[Gauge.descriptorsRunning] = this.#running;
  }

  /** The number of something is another's now. A directory's was only guessed, and so the guess was wrong; anything else is closed. */
  #displace(former: Holding): void {
    if (former.resource === 'directory') former.fd = -1;
    else this.remove(former);
  }

  /** Strikes out what turns out to be closed already. */
  #sweep(isMeant: (holding: Holding) => boolean): void {
    for (const holding of this.all()) if (isMeant(holding) && !holding.isOpen()) this.remove(holding);
  }

  #publish(): void {
    this.#gauges[Gauge.descriptorsOpen] = this.#open;
    this.#gauges[Gauge.descriptorsRunning] = this.#running;
    this.#gauges[Gauge.descriptorsHeld] = this.#held;
    this.#gauges[Gauge.descriptorsLeaked] = this.#leaked;
  }
}
