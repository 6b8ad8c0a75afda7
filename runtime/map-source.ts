import { refuse } from './checks.js';
import type { MapItem } from './handles.js';

/** What `map` takes. */
export type Inputs = Iterable<unknown> | AsyncIterable<unknown>;

/** Where the inputs of one iteration come from. */
export type Source =
  | { readonly kind: 'sync'; readonly iterator: Iterator<unknown> }
  | { readonly kind: 'async'; readonly iterator: AsyncIterator<unknown> };

/**
 * Opens a source as `for await` does it: which method gives the iterator tells its kind, not what its steps look like.
 *
 * @throws BadOptionError when it is none
 */
export function openSource(inputs: unknown): Source {
  const methods = (inputs ?? {}) as Partial<Iterable<unknown> & AsyncIterable<unknown>>;
  const { [Symbol.asyncIterator]: openAsync, [Symbol.iterator]: openSync } = methods;
  if (typeof openAsync === 'function') {
    return { kind: 'async', iterator: openAsync.call(inputs as AsyncIterable<unknown>) };
  }
  if (typeof openSync === 'function') return { kind: 'sync', iterator: openSync.call(inputs as Iterable<unknown>) };
  return refuse('inputs', 'an iterable or an async iterable', inputs);
}

/** An iteration that could not begin: a handle never throws, so its first step rejects. */
export async function* failedIteration(error: unknown): AsyncGenerator<MapItem<unknown, unknown>, undefined> {
  await Promise.reject(error);
}
