import type { CanClone } from './wire-error.js';

/** Where in a value the part sits that structured clone refuses. */
export interface Uncloneable {
  /** Path from the value's root, `''` for the value itself: `.options.callback`, `[3].socket`, `.map.get("x")`. */
  readonly path: string;
  /** What sits there: `a function`, `a symbol`, `a Promise`. */
  readonly what: string;
}

const MAX_VISITS = 100_000;

/**
 * Finds the first part of a value that cannot be cloned. Called only after a clone failed, so it may take its time, but not for ever:
 * after 100,000 visited parts it answers with the root.
 */
export function findUncloneable(value: unknown, canClone: CanClone): Uncloneable {
  const seen = new Set<object>();
  const open: { readonly value: unknown; readonly path: string }[] = [{ value, path: '' }];
  for (let visits = 0; visits < MAX_VISITS; visits++) {
    const next = open.shift();
    if (next === undefined) break;
    const parts = partsOf(next.value, seen);
    if (parts === undefined || parts.length === 0) {
      if (!canClone(next.value)) return { path: next.path, what: nameOf(next.value) };
      continue;
    }
    for (const [step, part] of parts) open.push({ value: part, path: next.path + step });
  }
  return { path: '', what: nameOf(value) };
}

/** The parts clone would descend into, or undefined for a leaf. A part met before is not entered again. */
function partsOf(value: unknown, seen: Set<object>): [step: string, part: unknown][] | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  if (seen.has(value)) return undefined;
  seen.add(value);
  if (Array.isArray(value)) return value.map((part, index) => [`[${index}]`, part]);
  if (value instanceof Map)
    return [...value].flatMap(([key, part]) => [
      [`.keys(${label(key)})`, key],
      [`.get(${label(key)})`, part],
    ]);
  if (value instanceof Set) return [...value].map((part, index) => [`.values()[${index}]`, part]);
  const plain = Object.prototype.toString.call(value);
  if (plain !== '[object Object]' && plain !== '[object Error]') return undefined;
  return Object.keys(value).flatMap((key) => property(value, key));
}

function property(holder: object, key: string): [string, unknown][] {
  const step = /^[A-Za-z_$][\w$]*$/.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`;
  try {
    return [[step, (holder as Record<string, unknown>)[key]]];
  } catch {
    // A getter that throws is what clone stumbled over: a symbol stands for it, which no clone accepts.
    return [[step, Symbol('a getter that throws')]];
  }
}

function label(key: unknown): string {
  return typeof key === 'string' ? JSON.stringify(key) : String(key);
}

function nameOf(value: unknown): string {
  if (typeof value === 'function') return value.name === '' ? 'a function' : `a function (${value.name})`;
  if (typeof value === 'symbol') return `a symbol (${value.description ?? ''})`;
  if (typeof value !== 'object' || value === null) return `a ${typeof value}`;
  const name = (value as { constructor?: { name?: unknown } }).constructor?.name;
  return typeof name === 'string' && name !== '' ? `an instance of ${name}` : 'an object';
}
