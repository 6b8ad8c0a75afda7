import { closeSync, openSync, readSync } from 'node:fs';
import spin from './spin.js';

export interface Work {
  readonly file: string;
  readonly steps: number;
  /** Whether the file stays open. */
  readonly leave: boolean;
}

const bytes = Buffer.alloc(64);

/** Reads a bit of a file and computes for a while. */
export default function leaveOpen({ file, steps, leave }: Work): number {
  const fd = openSync(file, 'r');
  readSync(fd, bytes, 0, bytes.length, 0);
  if (!leave) closeSync(fd);
  return spin(steps);
}
