import { AsyncResource } from 'node:async_hooks';
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
export function watchAccidents(runner: Runner, outcomes: Outcomes, isInFlight: () => boolean): void {
  const blame = (attempt: Attempt | undefined, cause: Unsound, failure: Failure): void => {
    // Before the failure is told, which lets the next one start.
    runner.distrust();
    const running = attempt !== undefined && runner.fail(attempt, failure);
    outcomes.say({ type: 'unsound', cause, culprit: attempt === undefined ? undefined : culpritOf(attempt, running) });
  };
  const thrower = rememberThrower();
  const uncaught = (thrown: unknown): void => {
    // Told already, when the exit was asked for.
    if (thrown instanceof ExitRequested) return;
    const error = encodeError(thrown);
    blame(thrower(thrown) ?? currentAttempt(), { kind: 'uncaught', error }, { status: 'uncaught', error });
  };
  process.on('uncaughtException', uncaught);
  // Heard here, a rejection does not become an exception; the exception would carry a wrapper instead of a reason that is no Error.
  process.on('unhandledRejection', uncaught);
  softenExit(runner, isInFlight, (attempt, exitCode) => {
    blame(attempt, { kind: 'exit', exitCode }, { status: 'exited', exitCode });
  });
}

function culpritOf(attempt: Attempt, running: boolean): Culprit {
  return { id: attempt.id, task: attempt.handler.label, running };
}

/**
 * When the exception handler runs, the context of some throwers is gone already: on Node 20 and 22 that of `queueMicrotask` callbacks, and
 * everywhere that of functions bound to a context and called from outside it. All of these pass through `runInAsyncScope`, so who threw is
 * noted there, innermost first.
 */
function rememberThrower(): (thrown: unknown) => Attempt | undefined {
  let last: { readonly thrown: unknown; readonly attempt: Attempt | undefined } | undefined;
  // eslint-disable-next-line @typescript-eslint/unbound-method -- called with its `this` below
  const native = AsyncResource.prototype.runInAsyncScope;
  AsyncResource.prototype.runInAsyncScope = function <This, Result>(
    this: AsyncResource,
    fn: (this: This, ...args: unknown[]) => Result,
    thisArg?: This,
    ...args: unknown[]
  ): Result {
    return native.call(this, () => {
      try {
        return Reflect.apply(fn, thisArg as This, args);
      } catch (thrown) {
        if (last === undefined || !Object.is(last.thrown, thrown)) last = { thrown, attempt: currentAttempt() };
        throw thrown;
      }
    }) as Result;
  };
  return (thrown) => {
    const noted = last !== undefined && Object.is(last.thrown, thrown) ? last.attempt : undefined;
    last = undefined;
    return noted;
  };
}

/** Stands where `process.exit` does not return. */
class ExitRequested extends Error {
  constructor(exitCode: number) {
    super(`process.exit was called, exit code ${exitCode}; this thread ends when the attempts beside this one have`);
  }
}

/**
 * `process.exit` takes the thread down at once, and everything in it. Alone in its thread an attempt may have that; beside others, or while
 * a file is being opened, which would stay open in the process for good, it ends only itself: the call throws, because it must not return,
 * and the thread ends when the others have. An exit that comes after its attempt
 * has ended is told before it happens, since afterwards nobody could say whose it was.
 */
function softenExit(
  runner: Runner,
  isInFlight: () => boolean,
  report: (attempt: Attempt | undefined, exitCode: number) => void,
): void {
  const exit = process.exit.bind(process);
  process.exit = (code?: number | string | null): never => {
    const attempt = currentAttempt();
    const exitCode = Number(code ?? process.exitCode ?? 0);
    const others = runner.started - (attempt === undefined || attempt.state === 'ended' ? 0 : 1);
    const softly = others > 0 || isInFlight();
    if (softly || attempt?.state === 'ended') report(attempt, exitCode);
    if (!softly) return exit(code);
    throw new ExitRequested(exitCode);
  };
  syncBuiltinESMExports();
}
