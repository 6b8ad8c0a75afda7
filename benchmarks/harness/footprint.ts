import { readdirSync, readFileSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** What a process and those that descend from it take up, as the kernel shows it. */
export interface Footprint {
  readonly processes: number;
  readonly threads: number;
  readonly descriptors: number;
  readonly rssBytes: number;
}

interface ProcessRow {
  readonly pid: number;
  readonly parent: number;
  readonly threads: number;
  readonly rssBytes: number;
}

/** Adds up this process and its descendants, those below `except` left out. Linux only. */
export function readFootprint(except: readonly number[] = []): Footprint {
  const rows = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => rowOf(Number(name)) ?? []);
  const mine = rows.filter(({ pid }) => pid === process.pid);
  // The list grows while it is walked: children of children.
  for (const { pid: parent } of mine)
    mine.push(...rows.filter((row) => row.parent === parent && !except.includes(row.pid)));
  const sum = (figure: (row: ProcessRow) => number): number => mine.reduce((total, row) => total + figure(row), 0);
  return {
    processes: mine.length,
    threads: sum(({ threads }) => threads),
    descriptors: sum(({ pid }) => descriptorsOf(pid)),
    rssBytes: sum(({ rssBytes }) => rssBytes),
  };
}

/** Undefined for a process that has ended since the list was read, and for one of which only its number is left. */
function rowOf(pid: number): ProcessRow | undefined {
  const status = contentOf(`/proc/${String(pid)}/status`);
  if (status === undefined || /^State:\s+[ZX]/m.test(status)) return undefined;
  const figure = (name: string): number => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(status)?.[1] ?? 0);
  return { pid, parent: figure('PPid'), threads: figure('Threads'), rssBytes: figure('VmRSS') * 1024 };
}

/** Of a file of /proc; undefined once what it told of has ended. */
export function contentOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (isGone(error)) return undefined;
    throw error;
  }
}

function descriptorsOf(pid: number): number {
  try {
    // The folder that is listed is itself open meanwhile, where it is our own.
    return readdirSync(`/proc/${String(pid)}/fd`).length - (pid === process.pid ? 1 : 0);
  } catch (error) {
    if (isGone(error)) return 0;
    throw error;
  }
}

function isGone(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'ENOENT' || code === 'ESRCH';
}

/** Threads leave /proc, and memory goes back to the kernel, a moment after their end was told. */
const SETTLE_MS = 10_000;
const LOOK_MS = 100;
/** What allocators keep. A leak that a long run is to find is many times this. */
const MEMORY_SLACK_BYTES = 64 * 2 ** 20;

/** Reads what is taken up when garbage is collected and everything has come back to what it was at the `start`, or has had its time. */
export async function settledFootprint(start?: Footprint, except: readonly number[] = []): Promise<Footprint> {
  const until = performance.now() + SETTLE_MS;
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    collectGarbage();
    const now = readFootprint(except);
    if (start === undefined || grownBetween(start, now).length === 0 || performance.now() > until) return now;
  }
}

/** What is more at the end than it was at the start, in words. */
export function grownBetween(start: Footprint, end: Footprint): string[] {
  const grown = (['processes', 'threads', 'descriptors'] as const)
    .filter((figure) => end[figure] > start[figure])
    .map((figure) => `${figure}: ${String(start[figure])} at the start, ${String(end[figure])} at the end`);
  if (end.rssBytes <= start.rssBytes + MEMORY_SLACK_BYTES) return grown;
  const [before, after] = [start, end].map(({ rssBytes }) => Math.round(rssBytes / 2 ** 20));
  return [...grown, `memory: ${String(before)} MB at the start, ${String(after)} MB at the end`];
}

/** Twice: what finalizers let go of is there for the second time only. */
function collectGarbage(): void {
  setFlagsFromString('--expose-gc');
  const gc = runInNewContext('gc') as () => void;
  setFlagsFromString('--no-expose-gc');
  gc();
  gc();
}
