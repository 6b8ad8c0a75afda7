/**
 * Which attempts are made to fail, and how. Decided by a pure function of seed, task and attempt number, so that every thread and every run
 * comes to the same answer: a run that failed can be repeated.
 */

/** What can be done to an attempt on purpose. */
export type FaultKind =
  | 'throw'
  | 'reject'
  | 'exit'
  | 'uncaught'
  | 'hang'
  | 'loop'
  | 'memory'
  | 'leak'
  | 'delay'
  | 'segfault';

/** What a thread needs to inject faults. */
export interface FaultTerms {
  /** The share of attempts that get one, 0 to 1. */
  readonly rate: number;
  /** Chooses which; 32 bits without sign. */
  readonly seed: number;
  /** What is done to them, each entry as often as the others: a kind that stands here twice comes twice as often. */
  readonly kinds: readonly FaultKind[];
}

/** Code of an error that was injected. */
export const FAULT_CODE = 'PLUSTWO_FAULT';

/** Exit code of an injected `exit`: Node uses none above 14 by itself, and shells those from 126. */
export const FAULT_EXIT_CODE = 117;

/** A `delay` is at most so long. */
export const LONGEST_DELAY_MS = 100;

/** Decisions about one attempt are drawn one by one, each independent of the others. */
const Draw = { whether: 1, which: 2, delay: 3 } as const;

/** The fault an attempt gets; undefined for none. */
export function faultOf({ rate, seed, kinds }: FaultTerms, id: number, attempt: number): FaultKind | undefined {
  if (chance(seed, id, attempt, Draw.whether) >= rate) return undefined;
  return kinds[Math.floor(chance(seed, id, attempt, Draw.which) * kinds.length)];
}

/** How long a `delay` of an attempt is, whole milliseconds from 1 to {@link LONGEST_DELAY_MS}. */
export function delayOf(seed: number, id: number, attempt: number): number {
  return 1 + Math.floor(chance(seed, id, attempt, Draw.delay) * LONGEST_DELAY_MS);
}

/** A number from 0 to 1, 1 excluded. Ids may go beyond 32 bits, so both halves count. */
function chance(seed: number, id: number, attempt: number, draw: number): number {
  let mixed = scatter(seed ^ Math.imul(draw, 0x9e3779b1));
  mixed = scatter(mixed ^ (id >>> 0));
  mixed = scatter(mixed ^ Math.floor(id / 2 ** 32));
  mixed = scatter(mixed ^ attempt);
  return (mixed >>> 0) / 2 ** 32;
}

/** The finaliser of MurmurHash3: each bit of the input changes about half of the output's, and no two inputs share an output. */
function scatter(bits: number): number {
  let mixed = bits;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return mixed ^ (mixed >>> 16);
}
