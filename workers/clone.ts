import { withoutOwnFrames } from './own-frames.js';
import type { CanClone, WireError } from './protocol/wire-error.js';
import { fromWireError, toWireError } from './protocol/wire-error.js';

/** Whether structured clone accepts a value; asked only on paths where something has already gone wrong. */
export const canClone: CanClone = (value) => {
  try {
    structuredClone(value);
    return true;
  } catch {
    return false;
  }
};

/** A thrown value for the wire. */
export function encodeError(thrown: unknown): WireError {
  return toWireError(thrown, canClone, withoutOwnFrames);
}

/** A reason from the wire, as it was thrown. */
export const decodeError = fromWireError;
