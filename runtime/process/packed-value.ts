import type { ByteReader } from './byte-reader.js';
import type { ByteWriter } from './byte-writer.js';
import { deserialize, serialize } from './serialize.js';

/** What follows. */
const Tag = {
  undefined: 0,
  null: 1,
  false: 2,
  true: 3,
  /** A whole number of 32 bits, which the engine keeps as such. */
  int32: 4,
  double: 5,
  /** Text of bytes, */
  latin1: 6,
  /** and any other. */
  utf16: 7,
  /** Whatever else; one serialisation each, so that no two values share anything. */
  serialized: 8,
} as const;

/** Up to here it is faster to look at the characters one by one. */
const SHORT = 24;

/**
 * What of a value has to be serialized before it is packed: undefined where it is packed as it is. Apart from packing, because serializing runs
 * getters of the value, and they may submit tasks themselves: a record would be written into the middle of another.
 *
 * @throws what serializing throws
 */
export function bytesOf(value: unknown): Buffer | undefined {
  switch (typeof value) {
    case 'number':
    case 'string':
    case 'undefined':
    case 'boolean':
      return undefined;
    default:
      return value === null ? undefined : serialize(value);
  }
}

/** Packs any value, with what {@link bytesOf} gave of it. */
export function packValue(writer: ByteWriter, value: unknown, bytes: Buffer | undefined): void {
  if (bytes !== undefined) {
    packTag(writer, Tag.serialized);
    writer.blob(bytes);
    return;
  }
  switch (typeof value) {
    case 'number':
      packNumber(writer, value);
      return;
    case 'string':
      packText(writer, value);
      return;
    case 'boolean':
      packTag(writer, value ? Tag.true : Tag.false);
      return;
    default:
      packTag(writer, value === null ? Tag.null : Tag.undefined);
  }
}

/**
 * In the place of a value that cannot be read. Of what can be written not all can be: a value may be nested as deeply as the stack of who wrote
 * it just bore.
 */
export class Unreadable {
  readonly error: unknown;

  constructor(error: unknown) {
    this.error = error;
  }
}

/** Reads what {@link packValue} wrote; whatever comes of it, the reader stands behind it. */
export function unpackValue(reader: ByteReader): unknown {
  try {
    return unpack(reader);
  } catch (error) {
    return new Unreadable(error);
  }
}

function unpack(reader: ByteReader): unknown {
  const tag = reader.byte();
  switch (tag) {
    case Tag.undefined:
      return undefined;
    case Tag.null:
      return null;
    case Tag.false:
      return false;
    case Tag.true:
      return true;
    case Tag.int32:
      return reader.int32();
    case Tag.double:
      return reader.double();
    case Tag.latin1:
      return reader.latin1(reader.uint32());
    case Tag.utf16:
      return reader.utf16(reader.uint32());
    case Tag.serialized:
      return deserialize(reader.blob());
    default:
      throw new RangeError(`Expected the tag of a packed value, got ${tag}`);
  }
}

function packTag(writer: ByteWriter, tag: number): void {
  writer.reserve(1);
  writer.byte(tag);
}

function packNumber(writer: ByteWriter, value: number): void {
  writer.reserve(9);
  const whole = value | 0;
  if (whole === value && !Object.is(value, -0)) {
    writer.byte(Tag.int32);
    writer.int32(whole);
  } else {
    writer.byte(Tag.double);
    writer.double(value);
  }
}

function packText(writer: ByteWriter, text: string): void {
  const { length } = text;
  if (isAscii(text)) {
    writer.reserve(5 + length);
    writer.byte(Tag.latin1);
    writer.uint32(length);
    writer.latin1(text);
  } else {
    writer.reserve(5 + 2 * length);
    writer.byte(Tag.utf16);
    writer.uint32(2 * length);
    writer.utf16(text);
  }
}

function isAscii(text: string): boolean {
  if (text.length > SHORT) return Buffer.byteLength(text, 'utf8') === text.length;
  for (let at = 0; at < text.length; at++) if (text.charCodeAt(at) > 0x7f) return false;
  return true;
}
