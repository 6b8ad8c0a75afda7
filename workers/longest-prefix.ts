import { Buffer } from 'node:buffer';
import { MOST_LINE_BYTES } from './protocol/log-ring.js';

/** A UTF-16 unit takes at most so many bytes of UTF-8. */
export const BYTES_PER_UNIT = 3;

const encoder = new TextEncoder();
let scratch: Uint8Array | undefined;

/** How many UTF-16 units from the start of a text fit into a line; a pair of surrogates is not parted. */
export function longestPrefix(text: string): number {
  if (text.length * BYTES_PER_UNIT <= MOST_LINE_BYTES) return text.length;
  if (text.length <= MOST_LINE_BYTES && Buffer.byteLength(text) <= MOST_LINE_BYTES) return text.length;
  scratch ??= new Uint8Array(MOST_LINE_BYTES);
  // Of a text of megabytes only the beginning is looked at.
  return encoder.encodeInto(text.slice(0, MOST_LINE_BYTES), scratch).read;
}
