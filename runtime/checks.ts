import { BadOptionError } from './errors.js';

/** Turns what was given for an option into what is used, or throws a {@link BadOptionError}. */
export type Check<Value> = (name: string, given: unknown) => Value;

/** One wording for all: what was expected, what came, of which type. */
export function refuse(name: string, expected: string, given: unknown): never {
  throw new BadOptionError(name, `Expected \`${name}\` to be ${expected}, got ${showGiven(given)}`);
}

/** What came, and of which type, for the end of a message. */
export function showGiven(given: unknown): string {
  switch (typeof given) {
    case 'string':
      return `${JSON.stringify(given)} (string)`;
    case 'function':
      return 'a function';
    case 'object':
      return given === null ? 'null' : Array.isArray(given) ? 'an array' : 'an object';
    case 'undefined':
      return 'undefined';
    default:
      return `${String(given)} (${typeof given})`;
  }
}

/** A whole number from `min`, optionally up to `max`. */
export function whole(min: number, max = Number.MAX_SAFE_INTEGER): Check<number> {
  const range = max === Number.MAX_SAFE_INTEGER ? `of at least ${min}` : `from ${min} to ${max}`;
  return (name, given) =>
    Number.isInteger(given) && (given as number) >= min && (given as number) <= max
      ? (given as number)
      : refuse(name, `a whole number ${range}`, given);
}

const DURATION_UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };
/** Timers of Node hold 31 bits of milliseconds; a longer one would fire at once. */
const LONGEST_MS = 2 ** 31 - 1;

/** A length of time, in milliseconds. */
export const duration: Check<number> = (name, given) => {
  const expected = "a duration: milliseconds, or a number with ms, s, m or h such as '30s' (at most 24 days)";
  const ms = typeof given === 'string' ? parseUnits(given, DURATION_UNITS) : given;
  return typeof ms === 'number' && ms >= 0 && ms <= LONGEST_MS ? ms : refuse(name, expected, given);
};

/** A length of time above zero: of a limit, which nothing could ever meet at zero. */
export const limit: Check<number> = (name, given) => {
  const ms = duration(name, given);
  return ms > 0 ? ms : refuse(name, 'a duration above 0', given);
};

const AGE_UNITS: Readonly<Record<string, number>> = { ...DURATION_UNITS, d: 86_400_000 };

/** How long something is kept, in milliseconds: a length of time above zero, also one that no timer could hold. */
export const age: Check<number> = (name, given) => {
  const ms = typeof given === 'string' ? parseUnits(given, AGE_UNITS) : given;
  return typeof ms === 'number' && ms > 0 && ms < Number.POSITIVE_INFINITY
    ? ms
    : refuse(name, "a duration above 0: milliseconds, or a number with s, m, h or d such as '7d'", given);
};

function parseUnits(given: string, units: Readonly<Record<string, number>>): number | undefined {
  const match = /^(\d+(?:\.\d+)?)\s*([a-z]+)$/i.exec(given.trim());
  const factor = units[match?.[2] ?? ''];
  return factor === undefined ? undefined : Number(match?.[1]) * factor;
}

const SIZE_UNITS: Readonly<Record<string, number>> = {
  b: 1,
  k: 2 ** 10,
  kb: 2 ** 10,
  m: 2 ** 20,
  mb: 2 ** 20,
  g: 2 ** 30,
  gb: 2 ** 30,
};

/** An amount of memory, in bytes. */
export const size: Check<number> = (name, given) => {
  const bytes = typeof given === 'string' ? parseUnits(given.toLowerCase(), SIZE_UNITS) : given;
  return Number.isFinite(bytes) && (bytes as number) > 0
    ? (bytes as number)
    : refuse(name, "a size above 0: bytes, or a number with K, M or G such as '256M'", given);
};

/** What the check says, or `false`, which comes out as `off`; a refusal says so. */
export function orFalse<Value>(check: Check<Value>, off: Value): Check<Value> {
  return (name, given) => {
    if (given === false) return off;
    try {
      return check(name, given);
    } catch (error) {
      // What is wrong with a part of it has nothing to do with that.
      const isPart = !(error instanceof BadOptionError) || !error.message.startsWith(`Expected \`${name}\` to be `);
      throw isPart ? error : new BadOptionError(name, error.message.replace(', got ', ', or false, got '));
    }
  };
}

/** What the check says, or `false`, which switches the limit off. */
export function orOff(check: Check<number>): Check<number> {
  return orFalse(check, Number.POSITIVE_INFINITY);
}

/** A finite number. */
export const finite: Check<number> = (name, given) =>
  Number.isFinite(given) ? (given as number) : refuse(name, 'a finite number', given);

/** A finite number above zero. */
export const positive: Check<number> = (name, given) =>
  Number.isFinite(given) && (given as number) > 0 ? (given as number) : refuse(name, 'a finite number above 0', given);

/** Text that is not empty. */
export const text: Check<string> = (name, given) =>
  typeof given === 'string' && given !== '' ? given : refuse(name, 'a string that is not empty', given);

/** True or false. */
export const flag: Check<boolean> = (name, given) =>
  typeof given === 'boolean' ? given : refuse(name, 'true or false', given);

/** One of a few words. */
export function oneOf<const Word extends string>(...words: readonly Word[]): Check<Word> {
  const list = words.map((word) => `'${word}'`).join(' or ');
  return (name, given) => (words.includes(given as Word) ? (given as Word) : refuse(name, list, given));
}

/** A list of texts. */
export const texts: Check<readonly string[]> = (name, given) =>
  Array.isArray(given) && given.every((part) => typeof part === 'string')
    ? [...given]
    : refuse(name, 'an array of strings', given);

/** A function. */
export const callable: Check<(...args: never[]) => unknown> = (name, given) =>
  typeof given === 'function' ? (given as (...args: never[]) => unknown) : refuse(name, 'a function', given);

/** An object, taken as it is. */
export const object: Check<object> = (name, given) =>
  typeof given === 'object' && given !== null && !Array.isArray(given) ? given : refuse(name, 'an object', given);

/** Anything. */
export const anything: Check<unknown> = (_name, given) => given;

/** An AbortSignal. */
export const signal: Check<AbortSignal> = (name, given) =>
  typeof given === 'object' &&
  given !== null &&
  typeof (given as AbortSignal).aborted === 'boolean' &&
  'addEventListener' in given
    ? (given as AbortSignal)
    : refuse(name, 'an AbortSignal', given);

/** What each name of an object must be. */
export type Shape = Readonly<Record<string, Check<unknown>>>;

/** Checks an object name by name; a name it does not know is refused, with the nearest one it does. */
export function shaped(given: unknown, shape: Shape, where: string, prefix = ''): Record<string, unknown> {
  if (given === undefined) return {};
  const checked: Record<string, unknown> = {};
  // The prefix of an option's own names is its name with a dot; `where` is a phrase for the middle of a sentence.
  const own = prefix === '' ? where : prefix.slice(0, -1);
  for (const [name, value] of Object.entries(object(own, given))) {
    const check = Object.hasOwn(shape, name) ? shape[name] : undefined;
    if (check === undefined) throw unknownName(name, Object.keys(shape), where);
    if (value !== undefined) checked[name] = check(prefix + name, value);
  }
  return checked;
}

function unknownName(name: string, known: readonly string[], where: string): BadOptionError {
  const ranked = known.map((word) => ({ word, edits: distance(name.toLowerCase(), word.toLowerCase()) }));
  const near = ranked.filter(({ edits }) => edits <= 2).sort((a, b) => a.edits - b.edits)[0]?.word;
  const hint = near === undefined ? `known are ${known.join(', ')}` : `did you mean \`${near}\`?`;
  return new BadOptionError(name, `Expected only known names in ${where}, got \`${name}\`; ${hint}`);
}

/** Edits between two words (Levenshtein). */
export function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const swap = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next[j] = Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, swap);
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
