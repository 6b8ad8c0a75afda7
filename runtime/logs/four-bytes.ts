/**
 * Four bytes at once. Most bytes of a line are nothing special, and to find that out of each by itself takes longer.
 *
 * What is searched for is brought below nothing by subtraction, or kept from being carried beyond it by addition: a byte's highest bit tells.
 * A borrow reaches the next byte, so it is known that there is one, and not which.
 */

/** In which order memory has the bytes of a number, for `DataView`. */
export const IS_LITTLE = new Uint8Array(Int32Array.of(1).buffer)[0] === 1;

const HIGHEST = 0x8080_8080 | 0;
const ONES = 0x0101_0101;

const ZERO = 0x30 * ONES;
/** What ten and more reach the highest bit with. */
const FROM_TEN = (0x80 - 10) * ONES;
const SPACE = 0x20 * ONES;
const QUOTE = 0x22 * ONES;
const BACKSLASH = 0x5c * ONES;

/** Whether one of them is a digit. */
export function hasDigit(word: number): boolean {
  const less = word ^ ZERO;
  return ((((less & 0x7f7f_7f7f) + FROM_TEN) | less) & HIGHEST) !== HIGHEST;
}

/** Whether JSON would have one of them escaped; it may be so of bytes beyond ASCII that are not. */
export function hasEscaped(word: number): boolean {
  const quote = word ^ QUOTE;
  const backslash = word ^ BACKSLASH;
  return (((word - SPACE) | (quote - ONES) | (backslash - ONES) | word) & HIGHEST) !== 0;
}
