import { Buffer } from 'node:buffer';
import { withoutOwnFrames } from './own-frames.js';
import { MOST_LINE_BYTES } from './protocol/log-ring.js';
import { describe } from './protocol/wire-error.js';

/** What lies deeper is told in words. */
const MAX_DEPTH = 8;
/** So many values are told in one; the others in words. */
const MAX_VALUES = 1_000;
/** What fields that are too long are told by: so many units of their text. */
const SAMPLE_UNITS = 4_096;

/** What holds for all values of one telling. */
interface Telling {
  left: number;
}

/**
 * Fields of a line as the text of a JSON object. What JSON has no words for is told as text, errors with their message and stack. Never throws,
 * whatever getters and traps the fields have.
 */
export function fieldsText(fields: unknown): string {
  const text = textOf(fields);
  const bytes = Buffer.byteLength(text);
  if (bytes <= MOST_LINE_BYTES) return text;
  // A part of them would be no JSON.
  return JSON.stringify({ fields: `${text.slice(0, SAMPLE_UNITS)}… [${bytes} bytes]` });
}

function textOf(fields: unknown): string {
  try {
    if (isObject(fields) && !Array.isArray(fields) && !isError(fields)) {
      if (safely(() => isFlat(fields)) === true) return JSON.stringify(fields);
      const told = plain(fields, [], { left: MAX_VALUES });
      // A date, a map, or what says for itself what it is in JSON may be told as anything.
      return JSON.stringify(isObject(told) && !Array.isArray(told) ? told : { fields: told });
    }
    const name = isObject(fields) && isError(fields) ? 'error' : 'fields';
    return JSON.stringify({ [name]: plain(fields, [], { left: MAX_VALUES }) });
  } catch {
    return JSON.stringify({ fields: describe(fields) });
  }
}

/** Whether JSON tells all of it by itself; most fields are a few numbers and words. */
function isFlat(fields: object): boolean {
  if (Object.getPrototypeOf(fields) !== Object.prototype) return false;
  for (const value of Object.values(fields)) {
    const isTold =
      value === null ||
      value === undefined ||
      typeof value === 'string' ||
      typeof value === 'boolean' ||
      (typeof value === 'number' && Number.isFinite(value));
    if (!isTold) return false;
  }
  return true;
}

/** A value that JSON tells all of. `above` are the objects it was found in. */
function plain(value: unknown, above: readonly object[], telling: Telling): unknown {
  switch (typeof value) {
    case 'string':
    case 'boolean':
    case 'undefined':
      return value;
    case 'number':
      return Number.isFinite(value) ? value : describe(value);
    case 'bigint':
    case 'symbol':
    case 'function':
      return describe(value);
    case 'object':
      if (value === null) return null;
      if (above.includes(value)) return '[circular]';
      if (above.length > MAX_DEPTH || telling.left-- <= 0) return inWords(value);
      return safely(() => plainObject(value, [...above, value], telling));
  }
}

function plainObject(value: object, above: readonly object[], telling: Telling): unknown {
  const inner = (each: unknown): unknown => plain(each, above, telling);
  if (isError(value)) return plainError(value, inner);
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer || value instanceof SharedArrayBuffer) {
    return `[${inWords(value)} of ${value.byteLength} bytes]`;
  }
  if (Array.isArray(value)) return value.map(inner);
  if (value instanceof Map) return [...value].map(inner);
  if (value instanceof Set) return [...value].map(inner);
  if (value instanceof RegExp) return describe(value);
  const { toJSON } = value as { toJSON?: unknown };
  if (typeof toJSON === 'function') return inner(Reflect.apply(toJSON, value, ['']));
  return entries(value, Object.keys(value), inner);
}

function plainError(error: Error, inner: (value: unknown) => unknown): unknown {
  const hidden = ['name', 'message', 'stack', 'code', 'cause', 'errors'].filter((key) => key in error);
  const told = entries(error, [...new Set([...hidden, ...Object.keys(error)])], inner);
  if (typeof told['stack'] === 'string') told['stack'] = withoutOwnFrames(told['stack']);
  return told;
}

function entries(value: object, keys: readonly string[], inner: (value: unknown) => unknown): Record<string, unknown> {
  // Without a prototype a key such as `__proto__` is like any other.
  const told = Object.create(null) as Record<string, unknown>;
  for (const key of keys) told[key] = safely(() => inner((value as Record<string, unknown>)[key]));
  return told;
}

/** What a getter throws is told in its place. */
function safely(tell: () => unknown): unknown {
  try {
    return tell();
  } catch (error) {
    return `[threw: ${describe(error)}]`;
  }
}

function inWords(value: object): string {
  try {
    const { name } = value.constructor;
    return Array.isArray(value) ? `array of ${value.length}` : name === '' ? 'object' : name;
  } catch {
    return 'object';
  }
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

/** Errors of other realms included; not what cannot be asked. */
export function isError(value: object): value is Error {
  try {
    return value instanceof Error || Object.prototype.toString.call(value) === '[object Error]';
  } catch {
    return false;
  }
}
