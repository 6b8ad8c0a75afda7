import { thrownFields } from './thrown.js';

/**
 * A value as JSON on one line, also what JSON has no word for but a task may return: a BigInt as its decimal string,
 * bytes (Buffer, ArrayBuffer and its views) as `{"type":"bytes","base64":"…"}`, a Map as an array of pairs, a Set as
 * an array, an Error as its name, message, code, stack and cause. `undefined`, NaN and infinities become `null`, as
 * everywhere in JSON. Throws what cannot be written at all: a value that contains itself, a text too long.
 */
export function jsonText(value: unknown): string {
  // Most results are plain text or numbers; a replacer would cost them several times their price.
  if (typeof value !== 'object' && typeof value !== 'bigint') return orNull(JSON.stringify(value));
  return orNull(JSON.stringify(value, replace));
}

/** `JSON.stringify` has no text for `undefined` and functions, though its type promises one. */
function orNull(text: string | undefined): string {
  return text ?? 'null';
}

function replace(this: unknown, key: string, encoded: unknown): unknown {
  if (typeof encoded === 'bigint') return encoded.toString();
  if (typeof encoded !== 'object' || encoded === null) return encoded;
  // Buffer has a toJSON of its own, which has already been called: the holder still has the value itself.
  const value = (this as Record<string, unknown>)[key];
  if (ArrayBuffer.isView(value)) return bytes(value.buffer, value.byteOffset, value.byteLength);
  if (encoded instanceof ArrayBuffer || encoded instanceof SharedArrayBuffer)
    return bytes(encoded, 0, encoded.byteLength);
  if (encoded instanceof Map || encoded instanceof Set) return [...encoded];
  if (encoded instanceof Error) return thrownFields(encoded);
  return encoded;
}

function bytes(buffer: ArrayBufferLike, offset: number, length: number): { type: 'bytes'; base64: string } {
  return { type: 'bytes', base64: Buffer.from(buffer, offset, length).toString('base64') };
}
