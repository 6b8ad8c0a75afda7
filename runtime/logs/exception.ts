import { inspect } from 'node:util';

/** What records tell of an error. */
export interface ExceptionText {
  /** The error's name; of what is no error, its type. */
  readonly type: string;
  readonly message: string;
  /** With those of its causes; undefined for what is no error. */
  readonly stacktrace: string | undefined;
}

/** Characters of each. A handler may throw a message of any length, and an outage throws the same one a thousand times. */
const MOST_TYPE = 200;
const MOST_MESSAGE = 4_000;
const MOST_STACK = 16_000;
/** So many errors are told in one stack trace: causes, and errors an AggregateError holds. */
const MOST_ERRORS = 8;

const PLAIN = { depth: 2, maxArrayLength: 20, maxStringLength: MOST_MESSAGE, breakLength: Number.POSITIVE_INFINITY };

/** What an error is called, says and where it comes from. Never throws itself, whatever getters and traps the value has. */
export function exceptionOf(thrown: unknown): ExceptionText {
  if (!isError(thrown)) {
    const type = thrown === null ? 'null' : typeof thrown;
    return { type, message: cut(plain(thrown), MOST_MESSAGE), stacktrace: undefined };
  }
  return {
    type: cut(read(thrown, 'name') || 'Error', MOST_TYPE),
    message: cut(read(thrown, 'message'), MOST_MESSAGE),
    stacktrace: cut(traceOf(thrown), MOST_STACK),
  };
}

/** An error as a logger gets it: JSON has nothing of an `Error`. */
export function errorFields(thrown: unknown): Record<string, unknown> {
  const { type, message, stacktrace } = exceptionOf(thrown);
  return { name: type, message, ...(stacktrace === undefined ? {} : { stack: stacktrace }) };
}

/** A stack names neither the cause nor the errors inside, and those say what really happened. */
function traceOf(thrown: object): string {
  const told = new Set<object>();
  const waiting: [object, string][] = [[thrown, '']];
  let trace = '';
  for (let next = waiting.shift(); next !== undefined && told.size < MOST_ERRORS; next = waiting.shift()) {
    const [error, prefix] = next;
    if (told.has(error)) continue;
    told.add(error);
    trace += prefix + cut(read(error, 'stack') || headOf(error), MOST_STACK);
    const cause = member(error, 'cause');
    if (isError(cause)) waiting.push([cause, '\nCaused by: ']);
    else if (cause !== undefined) trace += `\nCaused by: ${cut(plain(cause), MOST_MESSAGE)}`;
    for (const inner of innerOf(error)) waiting.push([inner, '\nOne of its errors: ']);
  }
  return trace;
}

function headOf(error: object): string {
  return `${read(error, 'name') || 'Error'}: ${read(error, 'message')}`;
}

function innerOf(error: object): object[] {
  const errors = member(error, 'errors');
  try {
    return Array.isArray(errors) ? errors.slice(0, MOST_ERRORS).filter(isError) : [];
  } catch {
    return [];
  }
}

function isError(value: unknown): value is object {
  try {
    return value instanceof Error || Object.prototype.toString.call(value) === '[object DOMException]';
  } catch {
    return false;
  }
}

/** A property that is text, or nothing. */
function read(error: object, key: string): string {
  const value = member(error, key);
  return typeof value === 'string' ? value : '';
}

function member(error: object, key: string): unknown {
  try {
    return (error as Record<string, unknown>)[key];
  } catch {
    return undefined;
  }
}

function plain(value: unknown): string {
  if (typeof value === 'string') return value;
  try {
    return inspect(value, PLAIN);
  } catch {
    return 'a value that cannot be shown';
  }
}

function cut(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most)}… (${text.length - most} characters more)`;
}
