import type { Attempt } from './attempt.js';
import type { CircuitOpenError } from './circuit-open-error.js';
import { encodeError } from './clone.js';
import type { Failure } from './protocol/messages.js';

/**
 * How an attempt failed whose handler, or a cleanup of it, threw. That a circuit is open is what this attempt was told itself: an error that
 * was kept from another one says nothing about now, and a task that throws it each time would be sent back to wait for ever.
 */
export function failureOf({ called, refusals }: Pick<Attempt, 'called' | 'refusals'>, thrown: unknown): Failure {
  const error = encodeError(thrown);
  if (isOneOf(refusals, thrown)) {
    const { index: dependency, retryAfterMs } = thrown;
    return { status: 'circuit-open', dependency, retryAfterMs, error };
  }
  return called === undefined ? { status: 'failed', error } : { status: 'failed', error, called: [...called] };
}

function isOneOf(refusals: Attempt['refusals'], thrown: unknown): thrown is CircuitOpenError {
  return refusals?.has(thrown as CircuitOpenError) === true;
}
