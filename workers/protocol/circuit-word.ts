/**
 * The word in which a circuit stands, 64 bits. From the lowest: 32 are the end of the break (open; milliseconds of the supervisor's clock, cut
 * to 32 bits) or the holder of the probe (half-open); 2 the state; 6 how often the break has doubled; 24 count the moves, so that who decided on
 * a word read long ago does not find the same word again, and that moves can be told in the order in which they were made.
 */

/** The states, as they stand in the word. */
export const [CLOSED, OPEN, HALF_OPEN] = [0, 1, 2];
/** A break is not doubled more often than can be counted. */
export const MOST_DOUBLED = 63;
const LOW_32 = 0xffff_ffffn;
const MOVES = 0xff_ffff;

/** The word, taken apart. */
export interface Face {
  readonly state: number;
  readonly doubled: number;
  readonly moves: number;
  /** End of the break, or holder of the probe. */
  readonly number: number;
}

export function unpack(word: bigint): Face {
  const high = Number(word >> 32n);
  return {
    state: high & 3,
    doubled: (high >>> 2) & MOST_DOUBLED,
    moves: high >>> 8,
    number: Number(word & LOW_32) | 0,
  };
}

export function pack({ state, doubled, moves, number }: Face): bigint {
  const high = moves * 256 + doubled * 4 + state;
  return (BigInt(high) << 32n) | BigInt(number >>> 0);
}

/** The number of the move that follows a move. */
export function nextMove(moves: number): number {
  return (moves + 1) & MOVES;
}

/** How many moves it is from one to another; negative when the other was before it. */
export function movesBetween(one: number, other: number): number {
  return ((other - one) << 8) >> 8;
}
