import { randomInt } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { UsageError } from './command-line.js';

const LARGEST_SEED = 0xffff_ffff;

/** How many threads, `least` or more: cores + 2 where nothing is said. */
export function threads(text: string | undefined, least = 1): number {
  return whole('--threads', text, least, availableParallelism() + 2);
}

/** What chooses the faults: drawn where nothing is said. */
export function seed(text: string | undefined): number {
  return whole('--seed', text, 0, randomInt(LARGEST_SEED + 1));
}

/** A whole number from `least`. */
export function whole(name: string, text: string | undefined, least: number, standard: number): number {
  const value = atLeast(name, text, least, standard);
  if (!Number.isInteger(value)) throw new UsageError(`${name} has to be a whole number, not ${String(text)}`);
  return value;
}

/** A number from `least`. */
export function atLeast(name: string, text: string | undefined, least: number, standard: number): number {
  const value = number(text, standard);
  if (value >= least) return value;
  throw new UsageError(`${name} has to be a number from ${String(least)}, not ${String(text)}`);
}

/** A number above 0. */
export function above(name: string, text: string | undefined, standard: number): number {
  const value = number(text, standard);
  if (value > 0) return value;
  throw new UsageError(`${name} has to be a number above 0, not ${String(text)}`);
}

/** One of a few words. */
export function oneOf<Choice extends string>(name: string, text: string, choices: readonly Choice[]): Choice {
  const choice = choices.find((candidate) => candidate === text);
  if (choice === undefined) throw new UsageError(`${name} has to be one of ${choices.join(', ')}, not ${text}`);
  return choice;
}

/** NaN, which is in no range, for what is no number or has no end. */
function number(text: string | undefined, standard: number): number {
  const value = text === undefined ? standard : Number(text);
  return Number.isFinite(value) ? value : Number.NaN;
}
