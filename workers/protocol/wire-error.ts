/**
 * A thrown value as plain data, and back. Both directions live here, so that one is always the inverse of the other.
 *
 * Structured clone alone drops an error's class name, code and own properties; the libraries for it turn maps, dates and buffers into
 * text and a thrown `null` into an error. So own properties are carried one by one, each as a clone where it can be cloned.
 */
export type WireError =
  | { readonly kind: 'value'; readonly value: unknown }
  | { readonly kind: 'text'; readonly text: string }
  /** An array that holds errors. */
  | { readonly kind: 'list'; readonly members: readonly WireError[] }
  | WireErrorObject;

interface WireErrorObject {
  readonly kind: 'error';
  readonly base: BaseName;
  readonly name: string;
  readonly message: string;
  readonly stack: string | undefined;
  readonly properties: readonly (readonly [key: string, value: WireError, enumerable: boolean])[];
}

const BASES = {
  Error,
  AggregateError,
  EvalError,
  RangeError,
  ReferenceError,
  SyntaxError,
  TypeError,
  URIError,
};
type BaseName = keyof typeof BASES;

/** Chains of causes and nested errors are followed this deep; what lies deeper is told as text. */
const MAX_DEPTH = 8;
/** So many errors are told in one; the others are told as text. Errors that all point at each other would fill the memory. */
const MAX_ERRORS = 1_000;

/** Tells whether a value survives structured clone; handed in because this room knows no host. */
export type CanClone = (value: unknown) => boolean;

/** Makes a stack what is told of it. */
export type Trim = (stack: string) => string;

/** What holds for all errors in one. */
interface Telling {
  readonly canClone: CanClone;
  readonly trim: Trim;
  errorsLeft: number;
}

/** Encodes whatever was thrown. Never throws itself, whatever getters and traps the value has. */
export function toWireError(thrown: unknown, canClone: CanClone, trim: Trim = (stack) => stack): WireError {
  return encode(thrown, [], { canClone, trim, errorsLeft: MAX_ERRORS });
}

/** `above` are the errors this value was found in, the thrown one first; undefined where no more errors are told. */
function encode(value: unknown, above: readonly Error[] | undefined, telling: Telling): WireError {
  try {
    if (!isError(value)) return telling.canClone(value) ? { kind: 'value', value } : asText(value);
    if (above === undefined || above.length > MAX_DEPTH || telling.errorsLeft === 0) return asText(value);
    telling.errorsLeft--;
    return encodeError(value, above, telling);
  } catch {
    return asText(value);
  }
}

function encodeError(error: Error, above: readonly Error[], telling: Telling): WireErrorObject {
  // An error that holds itself is told a second time, so that the ring can be seen, but not what it holds: that stands above.
  const inner = above.includes(error) ? undefined : [...above, error];
  const properties: [string, WireError, boolean][] = [];
  for (const key of keysOf(error)) {
    const value = read(error, key);
    if (value === undefined) continue;
    const told: WireError = isListOfErrors(value)
      ? { kind: 'list', members: Array.from(inner === undefined ? [] : value, (each) => encode(each, inner, telling)) }
      : encode(value, inner, telling);
    properties.push([key, told, Object.prototype.propertyIsEnumerable.call(error, key)]);
  }
  const stack = text(read(error, 'stack'));
  return {
    kind: 'error',
    base: baseOf(error),
    name: text(read(error, 'name')) ?? 'Error',
    message: text(read(error, 'message')) ?? '',
    stack: stack === undefined ? undefined : telling.trim(stack),
    properties,
  };
}

/** Rebuilds what {@link toWireError} encoded: an instance of the nearest built-in class, with the name it was thrown with. */
export function fromWireError(wire: WireError): unknown {
  switch (wire.kind) {
    case 'value':
      return wire.value;
    case 'text':
      return wire.text;
    case 'list':
      return wire.members.map(fromWireError);
    case 'error':
      return rebuild(wire);
  }
}

function rebuild(wire: WireErrorObject): Error {
  const error =
    wire.base === 'AggregateError' ? new AggregateError([], wire.message) : new BASES[wire.base](wire.message);
  if (error.name !== wire.name) define(error, 'name', wire.name, false);
  define(error, 'stack', wire.stack, false);
  for (const [key, value, enumerable] of wire.properties) define(error, key, fromWireError(value), enumerable);
  return error;
}

function define(target: object, key: string, value: unknown, enumerable: boolean): void {
  Object.defineProperty(target, key, { value, enumerable, configurable: true, writable: true });
}

function isError(value: unknown): value is Error {
  try {
    if (value instanceof Error) return true;
    // Errors of another realm (vm contexts) and DOMException are errors to a reader, whatever their prototype.
    const tag = Object.prototype.toString.call(value);
    return tag === '[object Error]' || tag === '[object DOMException]';
  } catch {
    return false;
  }
}

function isListOfErrors(value: unknown): value is readonly unknown[] {
  try {
    return Array.isArray(value) && value.some(isError);
  } catch {
    return false;
  }
}

function baseOf(error: Error): BaseName {
  const match = (Object.keys(BASES) as BaseName[]).find((name) => name !== 'Error' && error instanceof BASES[name]);
  if (match !== undefined) return match;
  const name = read(error, 'name');
  return typeof name === 'string' && Object.hasOwn(BASES, name) && !(error instanceof Error)
    ? (name as BaseName)
    : 'Error';
}

function keysOf(error: Error): string[] {
  const own = Object.keys(error);
  const hidden = ['code', 'cause', 'errors'].filter((key) => !own.includes(key) && key in error);
  return [...own, ...hidden].filter((key) => key !== 'name' && key !== 'message' && key !== 'stack');
}

function read(target: object, key: string): unknown {
  try {
    return (target as Record<string, unknown>)[key];
  } catch (error) {
    return `[getter threw: ${describe(error)}]`;
  }
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function asText(value: unknown): WireError {
  return { kind: 'text', text: describe(value) };
}

/** A value as text, for when it cannot travel. Even a hostile `toString` must not break the telling. */
export function describe(value: unknown): string {
  try {
    if (typeof value === 'function') return `[function ${value.name === '' ? 'anonymous' : value.name}]`;
    return typeof value === 'string' ? value : String(value);
  } catch {
    return `[${typeof value} that cannot be shown]`;
  }
}
