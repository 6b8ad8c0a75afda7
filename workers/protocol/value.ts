import { type RecorderViews, Tag, TEXT_BYTES, TEXT_UNITS } from './recorder.js';

/** What is used of Node's Buffer over the text area; named here because this room is free of Node. */
export interface TextArea {
  write(text: string, offset: number, length: number, encoding: 'utf8'): number;
  toString(encoding: 'utf8', start: number, end: number): string;
}

/**
 * Writes a value into an entry if it is small enough to live there: everything without identity, and short text. Returns false if it has to
 * travel as a message of its own, one message per value: structured clone keeps identity inside one message, so two attempts' values in one
 * message could come out sharing an object.
 */
export function putValue(views: RecorderViews, area: TextArea, entry: number, value: unknown): boolean {
  switch (typeof value) {
    case 'undefined':
      views.tag[entry] = Tag.undefined;
      return true;
    case 'boolean':
      views.tag[entry] = value ? Tag.true : Tag.false;
      return true;
    case 'number':
      views.number[entry] = value;
      views.tag[entry] = Tag.number;
      return true;
    case 'string':
      return putText(views, area, entry, value);
    default:
      if (value !== null) return false;
      views.tag[entry] = Tag.null;
      return true;
  }
}

function putText(views: RecorderViews, area: TextArea, entry: number, value: string): boolean {
  // UTF-8 has no room for half a surrogate pair; such text travels as a message, which keeps it as it is.
  if (value.length > TEXT_UNITS || !isWellFormed(value)) return false;
  views.textLength[entry] = area.write(value, entry * TEXT_BYTES, TEXT_BYTES, 'utf8');
  views.tag[entry] = Tag.text;
  return true;
}

/** Reads what {@link putValue} wrote. */
export function takeValue(views: RecorderViews, area: TextArea, entry: number): unknown {
  switch (views.tag[entry]) {
    case Tag.undefined:
      return undefined;
    case Tag.null:
      return null;
    case Tag.true:
      return true;
    case Tag.false:
      return false;
    case Tag.number:
      return compact(views.number[entry] ?? 0);
    case Tag.text: {
      const start = entry * TEXT_BYTES;
      return area.toString('utf8', start, start + (views.textLength[entry] ?? 0));
    }
    default:
      throw new RangeError(`entry ${entry} holds no value of its own (tag ${String(views.tag[entry])})`);
  }
}

/**
 * A whole number as the engine's small integer. What is read from a Float64Array is a double to it, and a handler that counts to such a number
 * runs 5 % slower than one that counts to the same number out of a message.
 */
function compact(value: number): number {
  const whole = value | 0;
  return whole === value && !Object.is(value, -0) ? whole : value;
}

function isWellFormed(value: string): boolean {
  return (value as string & { isWellFormed(): boolean }).isWellFormed();
}
