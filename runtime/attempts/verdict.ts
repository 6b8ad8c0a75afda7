import type { Failure } from '../../workers/protocol/messages.js';
import type { Outcome } from '../../workers/protocol/outcome.js';
import { findUncloneable } from '../../workers/protocol/uncloneable.js';
import { describe, fromWireError } from '../../workers/protocol/wire-error.js';
import { canClone } from '../clone.js';
import { LoadFailedError, NotCloneableError, ThreadLostError } from '../errors.js';
import type { Task } from '../task.js';
import { reasonOf } from '../threads/death.js';
import type { Death } from '../threads/thread.js';

/** What a failure that a thread told of means for the task. */
export function verdictOf(task: Task, failure: Failure): { outcome: Exclude<Outcome, 'ok'>; error: unknown } {
  switch (failure.status) {
    case 'failed':
    case 'uncaught':
      return { outcome: 'failed', error: fromWireError(failure.error) };
    case 'uncloneable':
      return { outcome: 'failed', error: new NotCloneableError('result', failure.path, failure.what) };
    case 'not-loaded': {
      const cause = fromWireError(failure.error);
      return {
        outcome: 'failed',
        error: new LoadFailedError(task.type.href, cause instanceof Error ? cause.message : describe(cause), cause),
      };
    }
    case 'exited':
      return {
        outcome: 'lost',
        error: new ThreadLostError(`task ${task.type.label} called process.exit, exit code ${failure.exitCode}`, {
          started: true,
          exitCode: failure.exitCode,
        }),
      };
  }
}

/** What a caller gets when its attempt's thread died, or was ended, under it. */
export function lostError(why: Death | 'ended'): ThreadLostError {
  if (why === 'ended')
    return new ThreadLostError('it had to be ended because another attempt in it did not stop when asked', {
      started: true,
    });
  const cause = 'error' in why ? why.error : undefined;
  return new ThreadLostError(reasonOf(why), {
    started: true,
    exitCode: 'exitCode' in why ? why.exitCode : undefined,
    cause,
  });
}

/** What a caller gets for an input that clone refused: where in it the trouble sits. */
export function notCloneable(input: unknown): NotCloneableError {
  const { path, what } = findUncloneable(input, canClone);
  return new NotCloneableError('input', path, what);
}
