import { readlinkSync } from 'node:fs';

const BLOCKED_MS = 20;

/** The number the kernel knows this thread by; blocks it for a moment, so that calls made at once go to several threads. Linux only. */
export default function whoami(): number {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, BLOCKED_MS);
  return Number(readlinkSync('/proc/thread-self').split('/').at(-1));
}
