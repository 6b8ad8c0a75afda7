import { readdirSync, readlinkSync } from 'node:fs';
import { opendir } from 'node:fs/promises';

/** What this process has open, by name and number, as the kernel and Node see it. */
export type OpenState = ReadonlyMap<string, number>;

/** How long the kernel and Node may take to finish what they were told to close before it counts as open. */
const SETTLE_MS = 5_000;

/**
 * Reads what is open. Node's pool for file system calls starts its threads at their first use, so one is made before the first reading.
 */
export async function openState(): Promise<OpenState> {
  for await (const _ of await opendir('.')) break;
  return read();
}

/**
 * What is open now and was not before, as `name: before -> now`. Threads leave /proc and handles leave the event loop a moment after their
 * end was told, so a difference is looked at again, turn by turn, until it is gone or has had its time.
 */
export async function openedSince(before: OpenState): Promise<string[]> {
  const until = performance.now() + SETTLE_MS;
  let extra = difference(before, read());
  while (extra.length > 0 && performance.now() < until) {
    await new Promise((resolve) => setImmediate(resolve));
    extra = difference(before, read());
  }
  return extra;
}

function difference(before: OpenState, now: OpenState): string[] {
  return [...now].flatMap(([name, count]) => {
    const was = before.get(name) ?? 0;
    return count > was ? [`${name}: ${was} -> ${count}`] : [];
  });
}

function read(): OpenState {
  const counts = new Map<string, number>();
  const add = (name: string): void => void counts.set(name, (counts.get(name) ?? 0) + 1);
  for (const link of descriptors()) add(`descriptor ${link}`);
  for (const _ of directory('/proc/self/task')) add('thread');
  // What only passes: the turn this is read in, and writes of the test reporter under way.
  const passing = new Set(['Immediate', 'TickObject', 'WriteWrap', 'FSReqCallback', 'FSReqPromise']);
  for (const resource of process.getActiveResourcesInfo()) if (!passing.has(resource)) add(`handle ${resource}`);
  return counts;
}

/** Links of all descriptors. The one that was open only because the directory was being read is closed by now and has none. */
function descriptors(): string[] {
  return directory('/proc/self/fd').flatMap((descriptor) => {
    try {
      return [readlinkSync(`/proc/self/fd/${descriptor}`)];
    } catch {
      return [];
    }
  });
}

/** Empty where the platform has no /proc: descriptors and threads cannot be seen from outside there. */
function directory(path: string): string[] {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}
