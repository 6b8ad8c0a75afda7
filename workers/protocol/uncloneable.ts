import { type CanClone, describe } from './wire-error.js';

/** Where in a value the part sits that structured clone refuses. */
export interface Uncloneable {
  /** Path from the value's root, `''` for the value itself: `.options.callback`, `[3].socket`, `.map.get("x")`. */
  readonly path: string;
  /** What sits there: `a function`, `a symbol`, `a Promise`. */
  readonly what: string;
}

interface Part {
  readonly value: unknown;
  readonly path: string;
  readonly holder: unknown;
}

type Step = readonly [step: string, value: unknown];

const MAX_PARTS = 100_000;
/** Longer names are cut in what is told: a path is for reading, and a text has a greatest length. */
const MAX_NAME = 80;
/** Stands for what a getter threw instead of giving; no clone accepts a symbol. */
const UNREADABLE = Symbol('a getter that throws');

/**
 * Finds the first part of a value that cannot be cloned. Called only after a clone failed, so it may take its time, but not for ever:
 * a value of more than 100,000 parts is answered for by its root. Never throws itself, whatever getters, traps and names the value has.
 */
export function findUncloneable(value: unknown, canClone: CanClone): Uncloneable {
  const root: Part = { value, path: '', holder: undefined };
  const parts = [root];
  const entered = new Set<unknown>();
  // The list grows while it is walked, level by level: the shallowest of several is named.
  for (const part of parts) {
    if (entered.has(part.value)) continue;
    entered.add(part.value);
    if (!addPartsOf(part, parts) && !canClone(part.value)) return tell(part);
  }
  return tell(parts.length < MAX_PARTS ? refusedAsWhole(root, parts, canClone) : root);
}

/** Adds what a part holds to the list, as far as there is room. False for a part that holds nothing. */
function addPartsOf(holder: Part, parts: Part[]): boolean {
  let holds = false;
  for (const [step, value] of stepsInto(holder.value)) {
    holds = true;
    if (parts.length === MAX_PARTS) break;
    parts.push({ value, path: holder.path + step, holder: holder.value });
  }
  return holds;
}

/**
 * No leaf was to blame, so clone refuses something with all that is in it, as it does a Proxy. The last part that fails has nothing
 * below it that fails, unless it leads back up; then only the root is sure. Halving the list takes some seventeen clones; asking part
 * by part would take as many as there are parts.
 */
function refusedAsWhole(root: Part, parts: readonly Part[], canClone: CanClone): Part {
  let last = 0;
  for (let end = parts.length; end - last > 1; ) {
    const middle = (last + end) >>> 1;
    if (canClone(parts.slice(middle).map((part) => part.value))) end = middle;
    else last = middle;
  }
  const suspect = parts.find((part) => part.value === parts[last]?.value) ?? root;
  const inner = parts.filter((part) => part.holder === suspect.value).map((part) => part.value);
  return !canClone(suspect.value) && canClone(inner) ? suspect : root;
}

/** The steps clone would take into a value. Where looking fails they end, as if there were no more. */
function* stepsInto(value: unknown): Generator<Step> {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return;
  try {
    if (Array.isArray(value)) yield* stepsIntoArray(value);
    else if (value instanceof Map) yield* stepsIntoMap(value);
    else if (value instanceof Set) yield* stepsIntoSet(value);
    else if (value instanceof Error) yield* property(value, 'cause');
    else if (Object.prototype.toString.call(value) === '[object Object]')
      for (const key of Object.keys(value)) yield* property(value, key);
  } catch {
    // A trap that throws: clone is asked about the value as a whole.
  }
}

/** By index, because an array may have empty places and an iterator of its own. */
function* stepsIntoArray(list: readonly unknown[]): Generator<Step> {
  for (let index = 0; index < list.length; index++) yield [`[${index}]`, read(list, index)];
}

function* stepsIntoMap(map: Map<unknown, unknown>): Generator<Step> {
  for (const [key, value] of Map.prototype.entries.call(map) as MapIterator<[unknown, unknown]>) {
    const name = typeof key === 'string' ? quote(key) : cut(describe(key));
    yield [`.keys(${name})`, key];
    yield [`.get(${name})`, value];
  }
}

function* stepsIntoSet(set: Set<unknown>): Generator<Step> {
  let index = 0;
  for (const value of Set.prototype.values.call(set)) yield [`.values()[${index++}]`, value];
}

function* property(holder: object, key: string): Generator<Step> {
  if (Object.hasOwn(holder, key))
    yield [/^[A-Za-z_$][\w$]{0,79}$/.test(key) ? `.${key}` : `[${quote(key)}]`, read(holder, key)];
}

function read(holder: object, key: string | number): unknown {
  try {
    return (holder as Record<string | number, unknown>)[key];
  } catch {
    return UNREADABLE;
  }
}

function tell({ path, value }: Part): Uncloneable {
  try {
    return { path, what: nameOf(value) };
  } catch {
    return { path, what: typeof value === 'function' ? 'a function' : 'an object' };
  }
}

function nameOf(value: unknown): string {
  if (value === UNREADABLE) return 'a getter that throws';
  if (typeof value === 'symbol') return `a symbol (${cut(value.description ?? '')})`;
  if (typeof value === 'function') return isName(value.name) ? `a function (${cut(value.name)})` : 'a function';
  if (typeof value !== 'object' || value === null) return `a ${typeof value}`;
  const name = (value as { constructor?: { name?: unknown } }).constructor?.name;
  return isName(name) ? `an instance of ${cut(name)}` : 'an object';
}

/** A class may have a static `name` of any type. */
function isName(name: unknown): name is string {
  return typeof name === 'string' && name !== '';
}

function quote(name: string): string {
  return JSON.stringify(cut(name));
}

function cut(name: string): string {
  return name.length > MAX_NAME ? `${name.slice(0, MAX_NAME)}…` : name;
}
