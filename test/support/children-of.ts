import { readdirSync, readFileSync } from 'node:fs';

/** How long the kernel may take to end what was killed. */
const SETTLE_MS = 5_000;

/**
 * Commands of the living child processes that this process has, as the kernel sees them. One whose thread was ended before it can leave no
 * more than its number: whoever would have waited for its exit is gone.
 */
export function childrenOf(parent = process.pid): string[] {
  return processes().flatMap((pid) => {
    try {
      const [, state = '', ppid] = /^\d+ \(.*\) (\S) (\d+)/s.exec(readFileSync(`/proc/${pid}/stat`, 'utf8')) ?? [];
      const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
      return Number(ppid) === parent && state !== 'Z' ? [`${pid} ${command}`] : [];
    } catch {
      // It ended while the list was being read.
      return [];
    }
  });
}

/** Children there are now and were not before; looked at again, turn by turn, until there are none or they have had their time. */
export async function childrenSince(before: readonly string[]): Promise<string[]> {
  const until = performance.now() + SETTLE_MS;
  const extra = (): string[] => childrenOf().filter((child) => !before.includes(child));
  let found = extra();
  while (found.length > 0 && performance.now() < until) {
    await new Promise((resolve) => setImmediate(resolve));
    found = extra();
  }
  return found;
}

/** None where the platform has no /proc. */
function processes(): string[] {
  try {
    return readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  } catch {
    return [];
  }
}
