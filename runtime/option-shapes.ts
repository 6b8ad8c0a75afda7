import type { Shape } from './checks.js';
import * as check from './checks.js';
import { BadOptionError } from './errors.js';

/** Options that are objects, name by name. */
export const RETRY: Shape = {
  attempts: check.whole(1),
  backoff: check.duration,
  maxBackoff: check.duration,
  jitter: check.flag,
  on: check.texts,
};

export const RESTART: Shape = { intensity: check.whole(0), period: check.limit, total: check.whole(0) };

const RECYCLE: Shape = {
  heapGrowth: check.orOff(check.size),
  descriptors: check.orOff(check.whole(1)),
  tasks: check.orOff(check.whole(1)),
  age: check.orOff(check.limit),
};

/** When threads are recycled; `false` for never. */
export function recycling(name: string, given: unknown): Record<string, unknown> {
  if (given !== false) return record(RECYCLE)(name, given);
  return Object.fromEntries(Object.keys(RECYCLE).map((limit) => [limit, Number.POSITIVE_INFINITY]));
}

export const RESOURCE_LIMITS: Shape = {
  maxOldGenerationSizeMb: check.positive,
  maxYoungGenerationSizeMb: check.positive,
  codeRangeSizeMb: check.positive,
  stackSizeMb: check.positive,
};

const LOGS: Shape = { debug: check.callable, info: check.callable, warn: check.callable, error: check.callable };

/** An object checked name by name. */
export function record(shape: Shape): check.Check<Record<string, unknown>> {
  return (name, given) => check.shaped(given, shape, `\`${name}\``, `${name}.`);
}

/** An object of strings. */
export function strings(name: string, given: unknown): Record<string, string> {
  const entries = Object.entries(check.object(name, given));
  const wrong = entries.find(([, value]) => typeof value !== 'string');
  if (wrong !== undefined)
    throw new BadOptionError(name, `Expected \`${name}.${wrong[0]}\` to be a string, got ${typeof wrong[1]}`);
  return Object.fromEntries(entries);
}

/** A list of transferable objects. */
export function transferables(name: string, given: unknown): readonly object[] {
  return Array.isArray(given) ? (given as object[]) : check.refuse(name, 'an array of transferable objects', given);
}

/** A logger: it has to have all four levels. */
export function logSink(name: string, given: unknown): object {
  const logs = check.object(name, given) as Record<string, unknown>;
  for (const [level, isRight] of Object.entries(LOGS)) isRight(`${name}.${level}`, logs[level]);
  return logs;
}
