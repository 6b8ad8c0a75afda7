import { hash } from 'node:crypto';

const longestPlainKey = 120;

/**
 * The stable identity of an input: the same input has the same key in every run, wherever it stands among the others.
 * A string of up to 120 characters is its own key. Anything else is named by SHA-256 (its first 32 hex digits), a
 * longer string over its text and other values over canonical JSON (object keys sorted).
 */
export function itemKey(input: unknown): string {
  if (typeof input === 'string') return input.length <= longestPlainKey ? input : digest(input);
  return digest(canonicalJson(input));
}

// 64 bits would already make two equal keys unlikely; 128 make them impossible in practice, and a key that two inputs
// share would lose one of them without a word when a run is resumed.
function digest(text: string): string {
  return hash('sha256', text, 'hex').slice(0, 32);
}

function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.entries(value)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, member]) => `${JSON.stringify(name)}:${canonicalJson(member)}`);
  return `{${members.join(',')}}`;
}
