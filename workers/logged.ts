import { fieldsText, isError } from './fields-text.js';
import { describe } from './protocol/wire-error.js';

/** A line as `ctx.log` gives it. */
export interface Logged {
  readonly text: string;
  /** The text of a JSON object. */
  readonly fields: string | undefined;
}

/**
 * Makes a line of what `ctx.log` was given: a text and fields. Who is used to other loggers may log an error by itself, or fields before the
 * text, and nothing of those is lost either.
 */
export function logged(message: unknown, fields: unknown): Logged {
  if (typeof message === 'string')
    return { text: message, fields: fields === undefined ? undefined : fieldsText(fields) };
  if (typeof message !== 'object' || message === null) return logged(describe(message), fields);
  if (isError(message)) return { text: describe(message), fields: fieldsText(withError(message, fields)) };
  if (typeof fields === 'string') return { text: fields, fields: fieldsText(message) };
  return { text: describe(message), fields: fieldsText(fields === undefined ? message : { message, fields }) };
}

function withError(error: object, fields: unknown): object {
  if (fields === undefined) return error;
  try {
    const isSpread = typeof fields === 'object' && fields !== null && !Array.isArray(fields) && !('error' in fields);
    if (isSpread) return { error, ...fields };
  } catch {
    // A getter that throws is told as such where it stands.
  }
  return { error, fields };
}
