import type { Attempt } from './attempt.js';
import { CircuitOpenError } from './circuit-open-error.js';
import { encodeError } from './clone.js';
import type { Failure } from './protocol/messages.js';

/** What is thrown may be anything, also a proxy that cannot be asked for its prototype any more. */
function isCircuitOpen(thrown: unknown): thrown is CircuitOpenError {
  try {
    return thrown instanceof CircuitOpenError;
  } catch {
    return false;
  }
}

/** How an attempt failed whose handler, or a cleanup of it, threw. */
export function failureOf({ called }: Pick<Attempt, 'called'>, thrown: unknown): Failure {
  const error = encodeError(thrown);
  if (isCircuitOpen(thrown)) {
    const { index: dependency, retryAfterMs } = thrown;
    return { status: 'circuit-open', dependency, retryAfterMs, error };
  }
  return called === undefined ? { status: 'failed', error } : { status: 'failed', error, called: [...called] };
}
