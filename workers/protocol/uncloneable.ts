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
  return tell(parts.length < MAX_PARTS ? refusedAsWhole(parts, canClone) : root);
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
 * No leaf was to blame, so clone refuses something with all that is in it, as it does a Proxy. The last part that fails has none below
 * it that does, unless it leads back up; then only the root is sure. Halving the list takes some seventeen clones, asking part by part
 * as many as there are parts.
 */
function refusedAsWhole(parts: readonly [Part, ...Part[]] | readonly Part[], canClone: CanClone): Part {
  let last = 0;
  for (let end = parts.length; end - last > 1; ) {
    const middle = (last + end) >>> 1;
    if (canClone(parts.slice(middle).map((part) => part.value))) end = middle;
    else last = middle;
  }
}
