import { readdirSync, readlinkSync } from 'node:fs';

/** How long the kernel may take to close what a thread had open that has just ended. */
const SETTLE_MS = 5_000;

/**
 * Descriptors of this process that lead into a folder, as the kernel sees them. What is there is looked at again, turn by turn, until it is
 * no more than expected, or has had its time. None where the platform has no /proc.
 */
export async function openInto(folder: string, expected: readonly string[] = []): Promise<string[]> {
  const until = performance.now() + SETTLE_MS;
  let found = links(folder);
  while (found.length > expected.length && performance.now() < until) {
    await new Promise((resolve) => setImmediate(resolve));
    found = links(folder);
  }
  return found;
}

function links(folder: string): string[] {
  try {
    return readdirSync('/proc/self/fd').flatMap((descriptor) => {
      try {
        const link = readlinkSync(`/proc/self/fd/${descriptor}`);
        return link.startsWith(folder) ? [link] : [];
      } catch {
        // Closed since the folder was read.
        return [];
      }
    });
  } catch {
    return [];
  }
}
