import { outside } from './current.js';

/**
 * Declares that what `fn` opens is to outlive the task on purpose: a connection kept for all tasks of the thread, a cache file. It belongs
 * to the thread from then on; no task is charged with it, and it is closed when the thread ends. Where a resource has an opening and a
 * closing, `resource()` is the better choice.
 *
 * @param fn - opens what is to be kept; may be asynchronous
 * @returns what `fn` returns
 */
export function shared<Value>(fn: () => Value): Value {
  return outside(fn);
}
