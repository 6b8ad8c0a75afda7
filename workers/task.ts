/**
 * What a task module imports: `task()` puts options beside the code they describe, `resource()` declares what is opened once per thread,
 * `context()` finds the running attempt, `transfer()` moves buffers of a result instead of copying them.
 *
 * @packageDocumentation
 */
import { currentAttempt } from './current.js';
import type { TaskContext } from './handler.js';
import type { TaskOptions } from './protocol/task-options.js';
import { describe } from './protocol/wire-error.js';
import { OPTIONS, TRANSFER } from './symbols.js';

export type { Resource, TaskContext, TaskLog, ThreadInfo } from './handler.js';
export type { Kind } from './protocol/outcome.js';
export type { Duration, RetryOptions, TaskOptions, TraceContext } from './protocol/task-options.js';
export { resource } from './resource.js';
export { shared } from './shared.js';

/**
 * Declares a task: a handler with the options that belong to it. A plain exported function is a task already; this is for one that has
 * something to say about itself. Options are checked when the supervisor loads the module.
 *
 * @param options - what the supervisor should know before it runs the handler
 * @param handler - the function that performs the task; it gets the input and the attempt's context
 * @returns the handler, callable as before
 * @throws TypeError when there is no handler
 */
export function task<Input, Output>(
  options: TaskOptions,
  handler: (input: Input, context: TaskContext) => Output,
): (input: Input, context: TaskContext) => Output {
  if (typeof handler !== 'function') {
    const order = typeof options === 'function' ? '; the options come first' : '';
    throw new TypeError(
      `Expected task(options, handler) to get a function as its handler, got ${describe(handler)}${order}`,
    );
  }
  const declared = (input: Input, context: TaskContext): Output => handler(input, context);
  Object.defineProperty(declared, 'name', { value: handler.name, configurable: true });
  Object.defineProperty(declared, OPTIONS, { value: options });
  return declared;
}

/**
 * The context of the attempt that is running, anywhere below its handler: in functions it calls, in callbacks and after awaits.
 *
 * @throws Error when called outside any attempt, for instance while a module loads
 */
export function context(): TaskContext {
  const attempt = currentAttempt();
  if (attempt === undefined) {
    throw new Error(
      'Expected context() to be called below a running handler, but no attempt is running here; pass the context in, or call it later',
    );
  }
  return attempt;
}

/**
 * Marks a result whose buffers are moved to the supervisor instead of copied; the handler's own copies become empty.
 *
 * @param value - the result
 * @param list - what to move: ArrayBuffers, MessagePorts and the like, each reachable from `value`
 */
export function transfer<Value>(value: Value, list: readonly object[]): Value {
  return { [TRANSFER]: { value, list } } as Value;
}
