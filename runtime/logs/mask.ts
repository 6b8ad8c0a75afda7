/**
 * What makes two lines of one kind: their text with everything masked that counts, measures or names a single thing.
 *
 * A token is a run of letters A to Z and digits. One without a digit stays as it is. Of the others each run of digits becomes `#`,
 * and the whole token does where it is an identifier: hexadecimal of six digits or more, `0x…`, or letters and digits mixed
 * at random. The groups of a UUID become one `#`. Everything between tokens stays, so `1` and `1.5` are two kinds: what is
 * told apart too finely costs a few lines more, what is put together too coarsely hides one.
 *
 * By hand over character codes, and no text is made of them: a mask by regular expressions, looked up as text, took several
 * times as long.
 */

import type { PlainText } from './log-line.js';

/** How many characters of a line are looked at; lines that differ later only are of one kind. */
export const MASK_REACH = 400;

const SEPARATOR = 0;
const HEX = 1;
const LETTER = 2;
const DIGIT = 4;

/** Stands for what is masked, and is shown as `#`. A character of no language: one that lines have would make two kinds one. */
const MASKED = 0xe000;
const HASH_SIGN = 35;
const HYPHEN = 45;
const ZERO = 48;
const NINE = 57;
const LOWER_X = 120;
/** What a mask ends with, so that none can look like another one that is padded. */
const END = 0x8000;
/** The same where the line goes on. */
const CUT = 0x8001;

/** A UUID: a group of eight hexadecimal digits, then groups of four and one of twelve, which may be without a digit. */
const FIRST_GROUP = 8;
const LEAST_HEX = 6;
/** `utf8mb4` is a word that changes three times between letters and digits; what is longer and does is none. */
const LEAST_MIXED = 8;
const LEAST_CHANGES = 3;

const CLASSES = Uint8Array.from({ length: 128 }, (_, code) => {
  const character = String.fromCharCode(code);
  if (/\d/.test(character)) return DIGIT;
  if (/[a-f]/i.test(character)) return HEX;
  return /[a-z]/i.test(character) ? LETTER : SEPARATOR;
});

/** How many codes are compared, and mixed into the hash, in one go; masks are padded to that. */
const STRIDE = 4;

/** A line's mask, read into memory that is used again for the next line. */
export class Mask {
  readonly #codes = new Uint16Array(MASK_REACH + STRIDE);
  /** The same memory, two codes at a time. */
  readonly #words = new Uint32Array(this.#codes.buffer);
  /** The same once more: a text is copied into it in one call, which takes half the time of asking it for each code. */
  readonly #bytes = Buffer.from(this.#codes.buffer);
  #wordCount = 0;
  /** Where in the mask a `#` ends that groups of a UUID may follow. */
  #uuidAt = -1;

  /** Reads a line and gives a number of 30 bits, the same for equal masks. */
  read(text: string, seed: number): number {
    const end = this.#bytes.write(text, 0, 2 * MASK_REACH, 'utf16le') >> 1;
    // The mask is never longer than what was read of the line, so it is written over it.
    return this.#read(this.#codes, 0, end, text.length > MASK_REACH, seed);
  }

  /** The same of a text where it lies. */
  readPlain({ bytes, from, length }: PlainText, seed: number): number {
    const isCut = length > MASK_REACH;
    return this.#read(bytes, from, from + (isCut ? MASK_REACH : length), isCut, seed);
  }

  #read(source: Uint16Array | Uint8Array, begin: number, end: number, isCut: boolean, seed: number): number {
    const classes = CLASSES;
    const codes = this.#codes;
    let length = 0;
    let from = 0;
    let seen = 0;
    this.#uuidAt = -1;
    for (let at = begin; at < end; at++) {
      const code = source[at] ?? 0;
      const found = code < 128 ? classes[code] : SEPARATOR;
      if (found) {
        seen |= found;
        codes[length++] = code;
        continue;
      }
      if (seen >= DIGIT || seen === HEX) length = this.#token(from, length, seen);
      seen = 0;
      codes[length++] = code;
      from = length;
    }
    if (seen >= DIGIT || seen === HEX) length = this.#token(from, length, seen);
    codes[length] = isCut ? CUT : END;
    codes[length + 1] = codes[length + 2] = codes[length + 3] = 0;
    this.#wordCount = ((length + STRIDE) >> 2) << 1;
    return this.#hash(seed);
  }

  /** Whether this is the mask of the line read last. */
  equals(mask: Uint32Array): boolean {
    const words = this.#words;
    if (mask.length !== this.#wordCount) return false;
    for (let at = 0; at < mask.length; at++) if (mask[at] !== words[at]) return false;
    return true;
  }

  /** The mask of the line read last, to keep. */
  copy(): Uint32Array {
    return this.#words.slice(0, this.#wordCount);
  }

  /** Masks a token that has a digit, or no letter beyond F. Gives the length of the mask with it. */
  #token(from: number, to: number, seen: number): number {
    const size = to - from;
    const isHex = (seen & LETTER) === 0;
    if (isHex && this.#uuidAt === from - 1 && this.#codes[from - 1] === HYPHEN && (size === 4 || size === 12))
      return (this.#uuidAt = from - 1);
    if (seen < DIGIT) return to;
    if (seen !== DIGIT && !(isHex ? size >= LEAST_HEX : this.#isMixed(from, to))) return this.#collapse(from, to);
    this.#codes[from] = MASKED;
    if (isHex && size === FIRST_GROUP) this.#uuidAt = from + 1;
    return from + 1;
  }

  #isMixed(from: number, to: number): boolean {
    const codes = this.#codes;
    if (codes[from] === ZERO && codes[from + 1] === LOWER_X) return true;
    if (to - from < LEAST_MIXED) return false;
    let changes = 0;
    for (let at = from + 1; at < to; at++) if (isDigit(codes[at]) !== isDigit(codes[at - 1])) changes++;
    return changes >= LEAST_CHANGES;
  }

  /** Each run of digits to one sign. */
  #collapse(from: number, to: number): number {
    const codes = this.#codes;
    let length = from;
    for (let at = from; at < to; at++) {
      const code = codes[at] ?? 0;
      if (!isDigit(code)) codes[length++] = code;
      else if (length === from || codes[length - 1] !== MASKED) codes[length++] = MASKED;
    }
    return length;
  }

  #hash(seed: number): number {
    const words = this.#words;
    const count = this.#wordCount;
    // Two at a time, for a multiplication waits for the one before it.
    let hash = seed;
    let other = 0;
    for (let at = 0; at < count; at += 2) {
      hash = Math.imul(hash ^ (words[at] ?? 0), 0x9e3779b1);
      other = Math.imul(other ^ (words[at + 1] ?? 0), 0x85ebca6b);
    }
    hash = Math.imul(hash ^ (other >>> 13) ^ other, 0xc2b2ae35);
    // The low bits depend on low bits only. Thirty are left: small integers are the fastest keys of a map.
    return (hash ^ (hash >>> 15)) & 0x3fff_ffff;
  }
}

/** The text of a mask that was copied, or its beginning. */
export function textOfMask(mask: Uint32Array, mostCharacters = MASK_REACH): string {
  const codes = new Uint16Array(mask.buffer, mask.byteOffset, mask.length * 2);
  const length = codes.findLastIndex((code) => code !== 0);
  const shown = codes.subarray(0, Math.min(length, mostCharacters)).map((code) => (code === MASKED ? HASH_SIGN : code));
  return String.fromCharCode(...shown);
}

function isDigit(code: number | undefined): boolean {
  return code !== undefined && code >= ZERO && code <= NINE;
}
