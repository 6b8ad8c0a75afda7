import type { Shape } from './checks.js';
import * as check from './checks.js';
import { BadOptionError } from './errors.js';
import type { FaultKind } from './supervisor-options.js';

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
export const recycling = check.orFalse(
  record(RECYCLE),
  Object.fromEntries(Object.keys(RECYCLE).map((limit) => [limit, Number.POSITIVE_INFINITY])),
);

/** A trace: both its ids, which are not all zeros (W3C Trace Context, section 3.2.2). */
export function trace(name: string, given: unknown): Record<string, unknown> {
  const { traceId, spanId } = check.shaped(given, { traceId: hex(32), spanId: hex(16) }, `\`${name}\``, `${name}.`);
  return { traceId: hex(32)(`${name}.traceId`, traceId), spanId: hex(16)(`${name}.spanId`, spanId) };
}

function hex(digits: number): check.Check<string> {
  return (name, given) =>
    typeof given === 'string' && given.length === digits && /^(?!0+$)[0-9a-f]+$/.test(given)
      ? given
      : check.refuse(name, `${digits} lower-case hexadecimal digits that are not all 0`, given);
}

const share: check.Check<number> = (name, given) =>
  typeof given === 'number' && given >= 0 && given <= 1 ? given : check.refuse(name, 'a share from 0 to 1', given);

const BREAKER: Shape = {
  threshold: (name, given) =>
    typeof given === 'number' && given > 0 && given <= 1
      ? given
      : check.refuse(name, 'a share above 0, up to 1', given),
  minimumCalls: check.whole(1),
  window: check.limit,
  break: check.limit,
  maxBreak: check.limit,
};

const RETRY_BUDGET: Shape = { ratio: share, floorPerSecond: notNegative };

/** A retry budget, or `false` for none. */
export const retryBudget = check.orFalse<unknown>(record(RETRY_BUDGET), false);

const DEPENDENCY: Shape = {
  concurrency: check.whole(1, 65_536),
  breaker: check.orFalse<unknown>(record(BREAKER), false),
  retryBudget,
};

/** Dependencies by name. */
export function dependencies(name: string, given: unknown): Record<string, unknown> {
  const entries = Object.entries(check.object(name, given));
  return Object.fromEntries(entries.map(([own, options]) => [own, record(DEPENDENCY)(`${name}.${own}`, options)]));
}

function notNegative(name: string, given: unknown): number {
  return Number.isFinite(given) && (given as number) >= 0
    ? (given as number)
    : check.refuse(name, 'a finite number of at least 0', given);
}

export const FAULT_KINDS: readonly FaultKind[] = [
  'throw',
  'reject',
  'exit',
  'uncaught',
  'hang',
  'loop',
  'memory',
  'leak',
  'delay',
  'segfault',
];

const FAULTS: Shape = { rate: share, seed: check.whole(0, 0xffff_ffff), kinds: faultKinds };

/** Faults to be injected: without a rate nothing would be. */
export function faults(name: string, given: unknown): Record<string, unknown> {
  const checked = record(FAULTS)(name, given);
  return checked.rate === undefined ? check.refuse(`${name}.rate`, 'a share from 0 to 1', undefined) : checked;
}

function faultKinds(name: string, given: unknown): readonly FaultKind[] {
  const expected = `a list of some of ${FAULT_KINDS.map((kind) => `'${kind}'`).join(', ')}`;
  if (!Array.isArray(given) || given.length === 0) return check.refuse(name, expected, given);
  for (const kind of given) if (!FAULT_KINDS.includes(kind as FaultKind)) check.refuse(name, expected, kind);
  return given as FaultKind[];
}

export const RESOURCE_LIMITS: Shape = {
  maxOldGenerationSizeMb: check.positive,
  maxYoungGenerationSizeMb: check.positive,
  codeRangeSizeMb: check.positive,
  stackSizeMb: check.positive,
};

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
