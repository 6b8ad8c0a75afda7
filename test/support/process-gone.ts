import { readFileSync } from 'node:fs';

/** Resolves when there is no such process, or when it only waits for whoever is to bury it. */
export async function processGone(pid: number): Promise<void> {
  while (!isGone(pid)) await new Promise((resolve) => setImmediate(resolve));
}

/** Whether a process has ended, as the kernel sees it now. */
export function isGone(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return true;
    throw error;
  }
  try {
    // pid (name) state ...
    return /\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, 'latin1'));
  } catch (error) {
    // It has ended in between; elsewhere than on Linux there is nothing to read.
    return process.platform === 'linux' && ['ENOENT', 'ESRCH'].includes((error as NodeJS.ErrnoException).code ?? '');
  }
}
