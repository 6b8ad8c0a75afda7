import { jsonText } from './json-text.js';

/** What a person or a program needs of something thrown; `name` and `message` are always there. */
export interface ThrownFields {
  name: string;
  message: string;
  code?: unknown;
  stack?: string | undefined;
  cause?: unknown;
  [own: string]: unknown;
}

/** The fields of an error in a fixed order, its own other properties last. What is thrown need not be an Error. */
export function thrownFields(thrown: unknown): ThrownFields {
  if (!(thrown instanceof Error)) {
    return { name: 'thrown', message: typeof thrown === 'string' ? thrown : jsonText(thrown) };
  }
  const { name, message, code, stack, cause, ...own } = { ...ownOf(thrown), ...coreOf(thrown) };
  return { name, message, code, stack, cause, ...own };
}

function ownOf(error: Error): Record<string, unknown> {
  return Object.fromEntries(Object.entries(error));
}

/** What an Error does not show among its own properties. */
function coreOf(error: Error & { code?: unknown; errors?: unknown }): ThrownFields {
  const { name, message, code, stack, cause, errors } = error;
  return errors === undefined ? { name, message, code, stack, cause } : { name, message, code, stack, cause, errors };
}
