import { thrownFields } from './thrown.js';

/** What was thrown while code of the user's was loaded, with the lines of that code; those of Node's loader would bury them. */
export function ownStack(thrown: unknown): string {
  const { name, message, stack } = thrownFields(thrown);
  const lines = (stack ?? `${name}: ${message}`).split('\n');
  return lines.filter((line) => !/^\s+at .*\(?node:internal\//.test(line)).join('\n');
}
