import type { Outcome } from '../../workers/protocol/outcome.js';

/** A resolved retry policy; durations in milliseconds. */
export interface RetryPolicy {
  readonly attempts: number;
  readonly backoff: number;
  readonly maxBackoff: number;
  readonly jitter: boolean;
  readonly on: readonly string[];
}

/** One attempt and no more. */
export const NO_RETRY: RetryPolicy = {
  attempts: 1,
  backoff: 100,
  maxBackoff: 30_000,
  jitter: true,
  on: ['failed', 'timed-out', 'lost'],
};

/** What follows an attempt that did not go well. */
export type Decision = { readonly next: 'final' } | { readonly next: 'again'; readonly afterMs: number };

/** More would leave the numbers that are exact, and no backoff is that long. */
const MAX_DOUBLINGS = 50;

/** No attempt follows. */
export const FINAL: Decision = { next: 'final' };

/**
 * Whether a task gets another attempt, and when.
 *
 * @param attempt - the number of the attempt that ended, from 1
 * @param random - an even number from 0 to 1, for the jitter
 */
export function decideRetry(
  policy: RetryPolicy,
  attempt: number,
  outcome: Outcome,
  error: unknown,
  random: number,
): Decision {
  if (attempt >= policy.attempts || outcome === 'ok' || outcome === 'cancelled') return FINAL;
  if (!policy.on.includes(outcome) && !namesOf(error).some((name) => policy.on.includes(name))) return FINAL;
  const full = Math.min(policy.maxBackoff, policy.backoff * 2 ** Math.min(attempt - 1, MAX_DOUBLINGS));
  return { next: 'again', afterMs: policy.jitter ? full * random : full };
}

function namesOf(error: unknown): string[] {
  if (typeof error !== 'object' || error === null) return [];
  const { code, name } = error as { code?: unknown; name?: unknown };
  return [code, name].filter((word) => typeof word === 'string');
}

/** A checked `retry` laid over another policy. */
export function retryFrom(checked: unknown, base: RetryPolicy = NO_RETRY): RetryPolicy {
  return checked === undefined ? base : { ...base, ...(checked as Partial<RetryPolicy>) };
}
