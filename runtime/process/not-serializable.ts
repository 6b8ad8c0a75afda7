import { findUncloneable } from '../../workers/protocol/uncloneable.js';
import { NotCloneableError } from '../errors.js';
import { canSerialize } from './can-serialize.js';

/** What a caller gets for an input that cannot go to another process: where in it the trouble sits; undefined when it is not the input's fault. */
export function notSerializable(input: unknown): NotCloneableError | undefined {
  if (canSerialize(input)) return undefined;
  const { path, what } = findUncloneable(input, canSerialize);
  return new NotCloneableError('input', path, what, 'processes');
}
