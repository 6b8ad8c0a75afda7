import { type CallResult, type DependencyTable, NO_PERMIT } from '../../workers/protocol/dependencies.js';
import type { FromThread } from '../../workers/protocol/messages.js';
import type { Chance } from './seeded.js';
import type { VirtualClock } from './virtual-clock.js';

/** A call that is under way. */
export interface FakeCall {
  readonly index: number;
  readonly permit: number;
  readonly isProbe: boolean;
}

/**
 * The calls that attempts of a fake thread make through `ctx.call`, by the same rules as the real ones (workers/dependencies.ts), but that
 * nobody waits for a permit: who finds none does without the call.
 */
export class FakeCalls {
  readonly #table: DependencyTable;
  readonly #holder: number;
  readonly #clock: VirtualClock;
  readonly #chance: Chance;
  readonly #flaky: number;
  readonly #say: (message: Extract<FromThread, { type: 'circuit' | 'released' }>) => void;

  constructor(parts: {
    table: DependencyTable;
    holder: number;
    clock: VirtualClock;
    chance: Chance;
    /** How often a call fails whose attempt does not mind. */
    flaky: number;
    say: (message: Extract<FromThread, { type: 'circuit' | 'released' }>) => void;
  }) {
    this.#table = parts.table;
    this.#holder = parts.holder;
    this.#clock = parts.clock;
    this.#chance = parts.chance;
    this.#flaky = parts.flaky;
    this.#say = parts.say;
  }

  /** Begins a call; undefined when there is no permit for it. */
  begin(index: number): FakeCall | 'open' | undefined {
    const now = this.#clock.now();
    if (this.#table.circuit(index, now).retryAfterMs > 0) return 'open';
    const permit = this.#table.take(index, this.#holder);
    if (permit === NO_PERMIT) return undefined;
    const verdict = this.#table.admit(index, this.#holder, now);
    if (verdict === 'open') {
      this.#release(index, permit);
      return 'open';
    }
    this.#table.called(index);
    if (verdict === 'probe') this.#say({ type: 'circuit', change: this.#table.lastMove(index, now) });
    return { index, permit, isProbe: verdict === 'probe' };
  }

  /** Ends it. */
  end({ index, permit, isProbe }: FakeCall, came: CallResult): void {
    const now = this.#clock.now();
    const how = came === 'ok' && this.#chance.happens(this.#flaky) ? 'failed' : came;
    const change = this.#table.record(index, how, isProbe, now, this.#chance.next(), this.#holder);
    if (change !== undefined) this.#say({ type: 'circuit', change });
    this.#release(index, permit);
  }

  /** How long until it is worth trying again. */
  retryAfterMs(index: number): number {
    return this.#table.circuit(index, this.#clock.now()).retryAfterMs;
  }

  #release(index: number, permit: number): void {
    this.#table.release(index, permit);
    if (this.#table.parked(index) > 0) this.#say({ type: 'released', dependency: index });
  }
}
