/**
 * What makes two lines of one kind: their text with everything masked that counts, measures or names a single thing.
 *
 * A token is a run of letters A to Z and digits. One without a digit stays as it is. Of the others each run of digits becomes `#`,
 * and the whole token does where it is an identifier: hexadecimal of six digits or more, `0x…`, or letters and digits mixed
 * at random. The groups of a UUID become one `#`. Everything between tokens stays, so `1` and `1.5` are two kinds: what is
 * told apart too finely costs a few lines more, what is put together too coarsely hides one.
 *
 * By hand over bytes, four at once where none is a digit, and no text is made of them: a mask by regular expressions, looked up as text,
 * took several times as long.
 */

import { hasDigit, IS_LITTLE } from './four-bytes.js';
import type { PlainText } from './log-line.js';

/** How many bytes of a line are looked at; lines that differ later only are of one kind. */
export const MASK_REACH = 400;

const SEPARATOR = 0;
const HEX = 1;
const LETTER = 2;
const DIGIT = 4;

const HASH_SIGN = 35;
const HYPHEN = 45;
const ZERO = 48;
const NINE = 57;
const LOWER_X = 120;
/** What a mask ends with, so that none can look like another one that is padded; no byte of UTF-8, as the two below. */
const END = 0xff;
/** The same where the line goes on. */
const CUT = 0xfe;
/** Stands for what is masked, and is shown as `#`: one that lines have would make two kinds one. */
const MASKED = 0xfd;

/** A UUID: a group of eight hexadecimal digits, then groups of four and one of twelve, which may be without a digit. */
const FIRST_GROUP = 8;
const LEAST_HEX = 6;
/** `utf8mb4` is a word that changes three times between letters and digits; what is longer and does is none. */
const LEAST_MIXED = 8;
const LEAST_CHANGES = 3;

/** Of bytes; those of characters beyond ASCII are between tokens. */
const CLASSES = Uint8Array.from({ length: 256 }, (_, code) => {
  const character = code < 128 ? String.fromCharCode(code) : '';
  if (/\d/.test(character)) return DIGIT;
  if (/[a-f]/i.test(character)) return HEX;
  return /[a-z]/i.test(character) ? LETTER : SEPARATOR;
});

/** How many bytes are compared, and mixed into the hash, in one go; masks are padded to twice that. */
const WORD_BYTES = 4;
const STRIDE = 2 * WORD_BYTES;
/** Bytes of UTF-8 that a unit of text takes at most. */
const BYTES_PER_UNIT = 3;

/** Where a line lies. */
type Source = Pick<PlainText, 'bytes' | 'ints'>;

/** A mask that is kept: four bytes each. A typed array would have memory outside of the heap, and cost as much as the rest of a kind. */
export type MaskWords = readonly number[];

/** A line's mask, read into memory that is used again for the next line. It is made of bytes: of ASCII as it lies, of any other text as UTF-8. */
export class Mask {
  readonly #bytes = new Uint8Array(MASK_REACH + STRIDE);
  /** The same memory, four bytes at a time. */
  readonly #words = new Int32Array(this.#bytes.buffer);
  /** The same at any place. */
  readonly #view = new DataView(this.#bytes.buffer);
  /** Where a text becomes bytes. */
  readonly #writer = Buffer.from(new ArrayBuffer(MASK_REACH));
  readonly #text: Source = {
    bytes: new Uint8Array(this.#writer.buffer),
    ints: new Int32Array(this.#writer.buffer),
  };
  #isWhole = true;
  #wordCount = 0;
  /** With the token read last. */
  #length = 0;

  /** Reads a line and gives a number of 30 bits, the same for equal masks. */
  read(text: string, seed: number): number {
    this.#isWhole = text.length * BYTES_PER_UNIT <= MASK_REACH || Buffer.byteLength(text) <= MASK_REACH;
    return this.#read(this.#text, 0, this.#writer.write(text), seed);
  }

  /** The same of a text where it lies. */
  readPlain(text: PlainText, seed: number): number {
    const { from, length } = text;
    this.#isWhole = length <= MASK_REACH;
    return this.#read(text, from, from + (this.#isWhole ? length : MASK_REACH), seed);
  }

  #read({ bytes: source, ints }: Source, begin: number, end: number, seed: number): number {
    const bytes = this.#bytes;
    let length = 0;
    let at = begin;
    while (at < end) {
      if ((at & 3) === 0 && at + WORD_BYTES <= end) {
        const word = ints[at >> 2] ?? 0;
        if (!hasDigit(word)) {
          this.#view.setInt32(length, word, IS_LITTLE);
          length += WORD_BYTES;
          at += WORD_BYTES;
          continue;
        }
      }
      const byte = source[at++] ?? 0;
      bytes[length++] = byte;
      if (!isDigit(byte)) continue;
      at = this.#token(source, begin, at - 1, end, length - 1);
      length = this.#length;
    }
    bytes[length] = this.#isWhole ? END : CUT;
    return this.#hash(this.#pad(length + 1), seed);
  }

  /** Whether this is the mask of the line read last. */
  equals(mask: MaskWords): boolean {
    const words = this.#words;
    if (mask.length !== this.#wordCount) return false;
    for (let at = 0; at < mask.length; at++) if (mask[at] !== words[at]) return false;
    return true;
  }

  /** Keeps the mask of the line read last in place of another one. Says whether it is that of a whole line. */
  copyTo(words: number[]): boolean {
    words.length = this.#wordCount;
    for (let at = 0; at < words.length; at++) words[at] = this.#words[at] ?? 0;
    return this.#isWhole;
  }

  /** Fills up what is read as whole words. Gives how many those are. */
  #pad(length: number): number {
    let end = length;
    while (end % STRIDE !== 0) this.#bytes[end++] = 0;
    this.#wordCount = end / WORD_BYTES;
    return this.#wordCount;
  }

  /**
   * Masks the token around its first digit, in front of which the mask has so many bytes. Gives where it goes on, with the length of the mask
   * in `#length`.
   */
  #token(source: Uint8Array, begin: number, digit: number, end: number, before: number): number {
    let from = digit;
    while (from > begin && !isSeparator(source[from - 1])) from--;
    let to = digit;
    let seen = 0;
    for (let at = from; at < end && !isSeparator(source[at]); to = ++at) seen |= classOf(source[at]);
    const start = before - (digit - from);
    const isHex = (seen & LETTER) === 0;
    const size = to - from;
    if (seen !== DIGIT && !(isHex ? size >= LEAST_HEX : isMixed(source, from, to))) {
      this.#length = this.#collapse(source, from, to, start);
      return to;
    }
    this.#bytes[start] = MASKED;
    this.#length = start + 1;
    return isHex && size === FIRST_GROUP ? afterGroups(source, to, end) : to;
  }

  /** Each run of digits to one sign. Gives the length of the mask with it. */
  #collapse(source: Uint8Array, from: number, to: number, start: number): number {
    const bytes = this.#bytes;
    let length = start;
    for (let at = from; at < to; at++) {
      const code = source[at] ?? 0;
      if (!isDigit(code)) bytes[length++] = code;
      else if (at === from || !isDigit(source[at - 1])) bytes[length++] = MASKED;
    }
    return length;
  }

  #hash(count: number, seed: number): number {
    const words = this.#words;
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
export function textOfMask(mask: MaskWords, mostCharacters = MASK_REACH): string {
  const bytes = Buffer.from(Int32Array.from(mask).buffer);
  const end = bytes.findLastIndex((byte) => byte === END || byte === CUT);
  const shown = Buffer.from(bytes.subarray(0, end).map((byte) => (byte === MASKED ? HASH_SIGN : byte)));
  return shown.toString().slice(0, mostCharacters);
}

/** Of a token that has digits and letters beyond F. */
function isMixed(source: Uint8Array, from: number, to: number): boolean {
  if (source[from] === ZERO && source[from + 1] === LOWER_X) return true;
  if (to - from < LEAST_MIXED) return false;
  let changes = 0;
  for (let at = from + 1; at < to; at++) if (isDigit(source[at]) !== isDigit(source[at - 1])) changes++;
  return changes >= LEAST_CHANGES;
}

/** Where the groups of a UUID end that follow its first one. */
function afterGroups(source: Uint8Array, first: number, end: number): number {
  let at = first;
  while (at < end && source[at] === HYPHEN) {
    let to = at + 1;
    while (to < end && (classOf(source[to]) & (HEX | DIGIT)) !== 0) to++;
    const size = to - at - 1;
    if ((size !== 4 && size !== 12) || (to < end && !isSeparator(source[to]))) break;
    at = to;
  }
  return at;
}

function isDigit(code: number | undefined): boolean {
  return code !== undefined && code >= ZERO && code <= NINE;
}

function classOf(code: number | undefined): number {
  return CLASSES[code ?? 0] ?? SEPARATOR;
}

function isSeparator(code: number | undefined): boolean {
  return classOf(code) === SEPARATOR;
}
