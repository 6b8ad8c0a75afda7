import { syncBuiltinESMExports } from 'node:module';
import type { Attempt } from './attempt.js';
import { encodeError } from './clone.js';
import { currentAttempt } from './current.js';
import type { Outcomes } from './outcomes.js';
import type { Culprit, Failure, Unsound } from './protocol/messages.js';
import type { Runner } from './runner.js';

/**
 * Keeps one attempt's accident its own. An error nobody caught, and `process.exit` beside running neighbours, end the attempt in whose
 * context they happened; the neighbours finish; the supervisor is told and replaces the thread, whose state can no longer be trusted.
 */
export function watchAccidents(runner: Runner, outcomes: Outcomes): void {
  const blame = (cause: Unsound, failure: Failure): void => {
    const attempt = currentAttempt();
    const running = attempt !== undefined && runner.fail(attempt, failure);
    outcomes.say({ type: 'unsound', cause, culprit: attempt === undefined ? undefined : culpritOf(attempt, running) });
  };
  const uncaught = (thrown: unknown): void => {
    const error = encodeError(thrown);
    blame({ kind: 'uncaught', error }, { status: 'uncaught', error });
  };
  process.on('uncaughtException', uncaught);
  // Heard here, a rejection does not become an exception; the exception would carry a wrapper instead of a reason that is no Error.
  process.on('unhandledRejection', uncaught);
  softenExit(runner, (exitCode) => {
    blame({ kind: 'exit', exitCode }, { status: 'exited', exitCode });
  });
}

function culpritOf(attempt: Attempt, running: boolean): Culprit {
  return { id: attempt.id, task: attempt.handler.label, running };
}

/**
 * `process.exit` takes the thread down at once, and everything in it. Alone in its thread an attempt may have that; beside others it ends
 * only itself: the call throws, because it must not return, and the thread ends when the others have.
 */
function softenExit(runner: Runner, report: (exitCode: number) => void): void {
  const exit = process.exit.bind(process);
  process.exit = (code?: number | string | null): never => {
    const attempt = currentAttempt();
    const others = runner.running - (attempt?.state === 'running' ? 1 : 0);
    if (others === 0) return exit(code);
    const exitCode = Number(code ?? process.exitCode ?? 0);
    report(exitCode);
    throw new Error(`process.exit(${exitCode}) was called; this thread ends when the attempts beside this one have`);
  };
  syncBuiltinESMExports();
}
