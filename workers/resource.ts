import type { Resource } from './handler.js';

/**
 * Declares something that a thread opens once and its attempts share: a connection, a compiled template, a model.
 *
 * @param options - `open` and `close`; `share` is how many attempts may hold it at a time, 1 unless said otherwise
 * @throws TypeError or RangeError when an option is not what it has to be
 */
export function resource<Value>(options: {
  readonly open: () => Value | Promise<Value>;
  readonly close: (value: Awaited<Value>) => unknown;
  readonly share?: number;
}): Resource<Awaited<Value>> {
  const { open, close, share = 1 } = options;
  if (typeof open !== 'function')
    throw new TypeError(`Expected \`open\` of a resource to be a function, got ${typeof open}`);
  if (typeof close !== 'function')
    throw new TypeError(`Expected \`close\` of a resource to be a function, got ${typeof close}`);
  if (!(share === Number.POSITIVE_INFINITY || (Number.isInteger(share) && share >= 1))) {
    throw new RangeError(`Expected \`share\` of a resource to be a whole number of at least 1, got ${String(share)}`);
  }
  return { open: open as Resource<Awaited<Value>>['open'], close, share };
}
