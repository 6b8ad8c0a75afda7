/**
 * The circuit of one dependency, in memory that all threads share.
 *
 * | from | to | when | moved by |
 * |---|---|---|---|
 * | closed | open | a call failed, and with it the window has `minimumCalls` calls and the share `threshold` of them failed | who records that failure |
 * | open | half-open | the break is over and a call asks to be admitted: it is the probe, the only one | who asks |
 * | half-open | closed | the probe went well; the window was emptied before | who made the probe |
 * | half-open | open | the probe failed: the break is twice as long as the last one, up to `maxBreakMs` | who made the probe |
 * | half-open | open | the probe came to nothing (cancelled, or its thread died): the break is over at once, the next call is the probe | who made it; the supervisor for the dead |
 *
 * What belongs to a state stands in one 64-bit word with it (circuit-word.ts), which is moved by compare-exchange only: whoever sees `open`
 * sees the end of the break too, and of two who want to move the circuit one does.
 *
 * The window is ten buckets, each a 64-bit word too: 24 bits say which tenth of a window it counts, 20 count calls, 20 failures. A bucket is
 * taken for a new tenth by whoever comes first in it, in the same exchange that counts his call. Separate words for the three would have
 * needed a lock, and a thread can be killed while it holds one.
 */
import { CLOSED, type Face, HALF_OPEN, MOST_DOUBLED, nextMove, OPEN, pack, unpack } from './circuit-word.js';

/** When a circuit opens, and for how long. */
export interface BreakerTerms {
  /** Share of the calls in the window, above 0, up to 1. */
  readonly threshold: number;
  /** It never opens on fewer calls in the window. */
  readonly minimumCalls: number;
  readonly windowMs: number;
  /** How long the first break is; drawn from half of it to all of it, like those after it. */
  readonly breakMs: number;
  readonly maxBreakMs: number;
}

/** `half-open` is a circuit whose probe is under way. */
export type CircuitState = 'closed' | 'open' | 'half-open';

/** What a call came to; `neither`, a call that was cancelled, counts for nothing. */
export type CallResult = 'ok' | 'failed' | 'neither';

/** A move of a circuit, and the calls that led to it: those of the window, or the probe. */
export interface CircuitMove {
  readonly state: CircuitState;
  /** How many moves there have been with this one; wraps at 24 bits, see circuit-word.ts. */
  readonly moves: number;
  readonly calls: number;
  readonly failures: number;
  /** How long no call may go; null unless it is open. */
  readonly retryAfterMs: number | null;
}

const BUCKETS = 10;
/** 64-bit words a circuit takes: its state, then the buckets. */
export const CIRCUIT_WORDS = 1 + BUCKETS;

const STATES = ['closed', 'open', 'half-open'] as const satisfies readonly CircuitState[];
const TENTHS = 0xff_ffff;
const MOST_CALLS = 0xf_ffff;
const COUNT = 0xf_ffffn;

/** Calls and failures of the window. */
export interface Tally {
  readonly calls: number;
  readonly failures: number;
}

/** One side's view of a circuit. */
export class Circuit {
  readonly #words: BigUint64Array;
  readonly #terms: BreakerTerms;
  readonly #tenthMs: number;

  constructor(words: BigUint64Array, terms: BreakerTerms) {
    this.#words = words;
    this.#terms = terms;
    // Shorter than a millisecond no window means anything, and tenths of next to nothing could not be numbered.
    this.#tenthMs = Math.max(1, terms.windowMs) / BUCKETS;
  }

  /** How it stands; `retryAfterMs` is 0 when a call may go. How long a probe takes nobody knows: the shortest break is told instead. */
  look(now: number): { state: CircuitState; retryAfterMs: number } {
    const face = unpack(this.#load());
    const state = STATES[face.state] ?? 'closed';
    if (state === 'closed') return { state, retryAfterMs: 0 };
    return { state, retryAfterMs: state === 'open' ? this.#left(face, now) : Math.ceil(this.#terms.breakMs / 2) };
  }

  /** The move that led to where it stands. What was counted then is not known any more: the window is told instead. */
  lastMove(now: number): CircuitMove {
    const face = unpack(this.#load());
    const state = STATES[face.state] ?? 'closed';
    return {
      state,
      moves: face.moves,
      ...this.tally(now),
      retryAfterMs: state === 'open' ? this.#left(face, now) : null,
    };
  }

  /** Whether a call may go. Where the break is over it goes as the probe, which the holder has until it records how that came out. */
  admit(holder: number, now: number): 'go' | 'probe' | 'open' {
    for (;;) {
      const word = this.#load();
      const face = unpack(word);
      if (face.state === CLOSED) return 'go';
      if (face.state === HALF_OPEN || this.#left(face, now) > 0) return 'open';
      if (this.#move(word, { ...face, state: HALF_OPEN, number: holder })) return 'probe';
    }
  }

  /**
   * Counts a call that was let go. A circuit is judged at each failure; a call that went well never opens it. A call that was under way when
   * the circuit opened is not counted: the break has its reasons already.
   */
  record(failed: boolean, now: number, random: number): CircuitMove | undefined {
    const word = this.#load();
    const face = unpack(word);
    if (face.state !== CLOSED) return undefined;
    this.#count(failed, now);
    if (!failed) return undefined;
    const { calls, failures } = this.tally(now);
    if (calls < this.#terms.minimumCalls || failures / calls < this.#terms.threshold) return undefined;
    return this.#open(word, { ...face, doubled: 0 }, { calls, failures }, now, random);
  }

  /** Ends the probe. Nothing happens if the holder does not have it any more; without one, whoever has it is meant. */
  recordProbe(how: CallResult, now: number, random: number, holder?: number): CircuitMove | undefined {
    const word = this.#load();
    const face = unpack(word);
    if (face.state !== HALF_OPEN || (holder !== undefined && face.number !== holder)) return undefined;
    switch (how) {
      case 'ok':
        return this.#close(word, face);
      case 'failed': {
        const isLongest = face.doubled === MOST_DOUBLED || this.#breakMs(face.doubled) >= this.#terms.maxBreakMs;
        const doubled = isLongest ? face.doubled : face.doubled + 1;
        return this.#open(word, { ...face, doubled }, { calls: 1, failures: 1 }, now, random);
      }
      case 'neither':
        return this.#giveBack(word, face, now);
    }
  }

  /** Gives back the probe of a thread that is gone. */
  retire(holder: number, now: number): void {
    this.recordProbe('neither', now, 0, holder);
  }

  /** What the window counts. */
  tally(now: number): Tally {
    const tenth = tenthOf(now, this.#tenthMs);
    let calls = 0;
    let failures = 0;
    for (let place = 1; place <= BUCKETS; place++) {
      const bucket = Atomics.load(this.#words, place);
      if (((tenth - Number(bucket >> 40n)) & TENTHS) >= BUCKETS) continue;
      calls += callsOf(bucket);
      failures += failuresOf(bucket);
    }
    return { calls, failures };
  }

  #open(word: bigint, face: Face, { calls, failures }: Tally, now: number, random: number): CircuitMove | undefined {
    const lengthMs = Math.ceil(this.#breakMs(face.doubled) * (0.5 + random / 2));
    const end = Math.ceil(now) + lengthMs;
    if (!this.#move(word, { ...face, state: OPEN, number: end })) return undefined;
    return { state: 'open', moves: nextMove(face.moves), calls, failures, retryAfterMs: end - Math.floor(now) };
  }

  /** Old failures must not open it again at once. While it is half-open nobody counts, so nothing new is thrown away with them. */
  #close(word: bigint, face: Face): CircuitMove | undefined {
    for (let place = 1; place <= BUCKETS; place++) Atomics.store(this.#words, place, 0n);
    if (!this.#move(word, { ...face, state: CLOSED, doubled: 0, number: 0 })) return undefined;
    return { state: 'closed', moves: nextMove(face.moves), calls: 1, failures: 0, retryAfterMs: null };
  }

  #giveBack(word: bigint, face: Face, now: number): CircuitMove | undefined {
    if (!this.#move(word, { ...face, state: OPEN, number: Math.floor(now) })) return undefined;
    return { state: 'open', moves: nextMove(face.moves), calls: 0, failures: 0, retryAfterMs: 0 };
  }

  #count(failed: boolean, now: number): void {
    const place = 1 + (Math.floor(now / this.#tenthMs) % BUCKETS);
    const tenth = tenthOf(now, this.#tenthMs);
    for (;;) {
      const before = Atomics.load(this.#words, place);
      const isOfNow = Number(before >> 40n) === tenth;
      let calls = isOfNow ? callsOf(before) : 0;
      let failures = isOfNow ? failuresOf(before) : 0;
      if (calls === MOST_CALLS) {
        // A full bucket keeps the share of what failed, which is what it is asked for.
        calls >>= 1;
        failures >>= 1;
      }
      const after = bucketOf(tenth, calls + 1, failures + (failed ? 1 : 0));
      if (Atomics.compareExchange(this.#words, place, before, after) === before) return;
    }
  }

  /** How long the break still is. One that seems longer than any began before the clock's 32 bits went round: it is over. */
  #left({ number, doubled }: Face, now: number): number {
    const left = (number - Math.floor(now)) | 0;
    return left > 0 && left <= Math.ceil(this.#breakMs(doubled)) + 1 ? left : 0;
  }

  #breakMs(doubled: number): number {
    return Math.min(this.#terms.breakMs * 2 ** doubled, this.#terms.maxBreakMs);
  }

  #load(): bigint {
    return Atomics.load(this.#words, 0);
  }

  #move(from: bigint, to: Face): boolean {
    return Atomics.compareExchange(this.#words, 0, from, pack({ ...to, moves: nextMove(to.moves) })) === from;
  }
}

/**
 * Which tenth of a window a time is in. Cut to 24 bits, so a bucket nobody has touched for exactly so many tenths (194 days, with the usual
 * window) would be taken for a new one.
 */
function tenthOf(now: number, tenthMs: number): number {
  return Math.floor(now / tenthMs) & TENTHS;
}

function bucketOf(tenth: number, calls: number, failures: number): bigint {
  return (BigInt(tenth) << 40n) | (BigInt(calls) << 20n) | BigInt(failures);
}

function callsOf(bucket: bigint): number {
  return Number((bucket >> 20n) & COUNT);
}

function failuresOf(bucket: bigint): number {
  return Number(bucket & COUNT);
}
