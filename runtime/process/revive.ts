import { fromWireError, toWireError, type WireError } from '../../workers/protocol/wire-error.js';
import { ERROR_CODES, PlustwoError } from '../errors.js';
import { canSerialize } from './can-serialize.js';

/** An error on the wire, and which of it and its causes are our own. */
export interface MarkError {
  readonly wire: WireError;
  /** Bit 0 is the error, bit 1 its cause, and so on. */
  readonly ours: number;
}

/** Causes are followed so deep; the wire tells no more of them. */
const MOST_CAUSES = 8;

/** Encodes whatever was thrown. An error's class is lost on the wire; of our own it is noted, so that {@link reviveError} can give it back. */
export function markError(thrown: unknown): MarkError {
  let ours = 0;
  let error = thrown;
  for (let depth = 0; depth < MOST_CAUSES && error instanceof Error; depth++) {
    if (error instanceof PlustwoError) ours |= 1 << depth;
    error = causeOf(error);
  }
  return { wire: toWireError(thrown, canSerialize), ours };
}

/** Rebuilds what {@link markError} encoded; errors of our own are instances of their classes again. */
export function reviveError({ wire, ours }: MarkError): unknown {
  const revived = fromWireError(wire);
  let error = revived;
  for (let depth = 0; ours >> depth !== 0 && error instanceof Error; depth++) {
    if ((ours & (1 << depth)) !== 0) adopt(error);
    error = causeOf(error);
  }
  return revived;
}

function adopt(error: Error): void {
  const { code } = error as { code?: unknown };
  if (typeof code !== 'string' || !Object.hasOwn(ERROR_CODES, code)) return;
  Object.setPrototypeOf(error, ERROR_CODES[code as keyof typeof ERROR_CODES].prototype);
}

/** Somebody else's error may have a getter there that throws; it is no cause of ours then. */
function causeOf(error: Error): unknown {
  try {
    return error.cause;
  } catch {
    return undefined;
  }
}
