import type { SharedInput } from './shared-input.js';

/**
 * Gives its input back and marks the nested object: had two attempts received the same clone, one of them would
 * answer with a second mark.
 */
export default function echo(input: SharedInput): SharedInput {
  input.options.marks += 1;
  return input;
}
