import { serialize } from './serialize.js';

/** Whether a value survives the way between two processes; asked only where something has already gone wrong. */
export function canSerialize(value: unknown): boolean {
  try {
    serialize(value);
    return true;
  } catch {
    return false;
  }
}
