import { readFileSync } from 'node:fs';

/** Ends child processes that outlived the thread which started them. A number that is no child of this process any more is left alone. */
export function endChildren(pids: readonly number[]): void {
  for (const pid of pids) {
    if (!isOurs(pid)) continue;
    try {
      process.kill(pid, 'SIGKILL');
    } catch (error) {
      // Gone in this very moment.
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
  }
}

/** Where the kernel does not tell whose child a process is, its thread's word is taken. */
function isOurs(pid: number): boolean {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  } catch {
    return process.platform !== 'linux';
  }
  // pid (name) state ppid ...; the name may hold spaces and parentheses.
  return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]) === process.pid;
}
