import { type CanClone, toWireError, type WireError } from '../workers/protocol/wire-error.js';

/** Whether structured clone accepts a value; asked only where something has already gone wrong. */
export const canClone: CanClone = (value) => {
  try {
    structuredClone(value);
    return true;
  } catch {
    return false;
  }
};

/** A reason for the wire. */
export function toWire(thrown: unknown): WireError {
  return toWireError(thrown, canClone);
}
