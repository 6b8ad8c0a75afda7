import type { Attempt } from './attempt.js';
import type { Ledger } from './ledger/ledger.js';
import { Claim, Flag, type RecorderViews } from './protocol/recorder.js';

/** What becomes of an attempt whose turn it is: it starts; it goes back, to start elsewhere; nobody waits for it any more. */
export type Decision = 'starts' | 'refused' | 'late';

/** Decides whether attempts that were posted to a thread start in it. */
export class Entrance {
  readonly #views: RecorderViews;
  /** Undefined where nothing is watched. */
  readonly #ledger: Ledger | undefined;
  #state: 'open' | 'shut' = 'open';

  constructor(views: RecorderViews, ledger: Ledger | undefined) {
    this.#views = views;
    this.#ledger = ledger;
  }

  /** Nothing starts any more. */
  shut(): void {
    this.#state = 'shut';
  }

  /** Decides on an attempt, beside so many that run. One that does not start can be claimed by nobody afterwards. */
  decide(attempt: Attempt, running: number): Decision {
    if (this.#state === 'shut' || this.#declines(attempt, running)) {
      Atomics.compareExchange(this.#views.claim, attempt.entry, Claim.waiting, Claim.revoked);
      return 'refused';
    }
    return this.#isLate(attempt) ? 'late' : 'starts';
  }

  /** Whether its deadline has passed. The supervisor would stop it too, but may be busy, or its message under way. */
  #isLate({ entry }: Attempt): boolean {
    const { flags, endedAt, claim } = this.#views;
    if (((flags[entry] ?? 0) & Flag.deadline) === 0 || performance.now() < (endedAt[entry] ?? 0)) return false;
    // One that was revoked meanwhile is handed back as such.
    return Atomics.compareExchange(claim, entry, Claim.waiting, Claim.revoked) === Claim.waiting;
  }

  /**
   * Whether ended attempts hold so many descriptors that this one is one too many: what is held and what runs, if all of it were left behind,
   * stays within the limit. The last place is kept for a cpu attempt, or io attempts that wait for something would keep it out for as long.
   */
  #declines({ entry, handler }: Attempt, running: number): boolean {
    const ledger = this.#ledger;
    if (ledger === undefined || ledger.room === Number.POSITIVE_INFINITY) return false;
    if (((this.#views.flags[entry] ?? 0) & Flag.moved) !== 0) return false;
    const hasNoRoom = (): boolean => running >= (handler.kind === 'io' && running > 0 ? ledger.room - 1 : ledger.room);
    // A full one looks again: some of it may have been closed unseen.
    return hasNoRoom() && (ledger.isFull || hasNoRoom());
  }
}
