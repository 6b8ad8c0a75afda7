import type { Failure } from '../../workers/protocol/messages.js';
import type { Outcome } from '../../workers/protocol/outcome.js';
import { findUncloneable } from '../../workers/protocol/uncloneable.js';
import { describe, fromWireError } from '../../workers/protocol/wire-error.js';
import { MOST_DEATHS } from '../blame.js';
import { canClone } from '../clone.js';
import { LoadFailedError, NotCloneableError, ThreadLostError } from '../errors.js';
import type { Task } from '../task.js';
import { reasonOf } from '../threads/death.js';
import type { Death } from '../threads/thread.js';

/** Failures that are the attempt's own and cost nothing but it. */
type PlainFailure = Extract<Failure, { status: 'failed' | 'uncaught' | 'uncloneable' | 'not-loaded' }>;

/** What a failure that a thread told of means for the task. */
export function verdictOf(task: Task, failure: PlainFailure): { outcome: Exclude<Outcome, 'ok'>; error: unknown } {
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
  }
}

/** What a caller gets when its attempt called `process.exit` beside others. `ended` is how many threads it has ended with that. */
export function exitedError(task: Task, exitCode: number, ended: number): ThreadLostError {
  const why = `task ${task.type.label} called process.exit, exit code ${exitCode}`;
  return new ThreadLostError(why + repeated(ended), { started: true, exitCode, ended });
}

/**
 * What a caller gets when its attempt's thread died, or was ended, under it. `ended` is how many threads its task has ended with that; left
 * out where it may have been another's doing.
 */
export function lostError(why: Death | 'ended', ended?: number): ThreadLostError {
  if (why === 'ended')
    return new ThreadLostError('it had to be ended because another attempt in it did not stop when asked', {
      started: true,
    });
  const cause = 'error' in why ? why.error : undefined;
  return new ThreadLostError(reasonOf(why) + repeated(ended), {
    started: true,
    exitCode: 'exitCode' in why ? why.exitCode : undefined,
    cause,
    ...(ended === undefined ? {} : { ended }),
  });
}

function repeated(ended: number | undefined): string {
  return ended === undefined || ended < MOST_DEATHS
    ? ''
    : `; the task has ended ${ended === 2 ? 'two' : ended} threads, and is not tried again`;
}

/** What a caller gets for an input that clone refused: where in it the trouble sits. */
export function notCloneable(input: unknown): NotCloneableError {
  const { path, what } = findUncloneable(input, canClone);
  return new NotCloneableError('input', path, what);
}
