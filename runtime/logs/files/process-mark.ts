import { readFileSync } from 'node:fs';

/** Tells a process from a later one that got the same number. */
export interface ProcessMark {
  readonly pid: number;
  /** When it started, in the kernel's ticks since the machine did; null where the platform does not say. */
  readonly started: string | null;
  /** Which start of the machine that counts from. */
  readonly boot: string | null;
}

/** The mark of this process. */
export function ownMark(): ProcessMark {
  return { pid: process.pid, started: statOf(process.pid)?.started ?? null, boot: bootId() };
}

/** Whether a process still runs, or could. One that only waits to be buried does nothing any more. */
export function mayRun({ pid, started, boot }: ProcessMark): boolean {
  const ownBoot = bootId();
  if (boot !== null && ownBoot !== null && boot !== ownBoot) return false;
  const isOurs = canSignal(pid);
  if (isOurs === undefined) return false;
  if (started === null || process.platform !== 'linux') return true;
  const stat = statOf(pid);
  // Processes of other users may be hidden; one of ours has ended since it was asked.
  if (stat === undefined) return !isOurs;
  return stat.started === started && !/[ZX]/.test(stat.state);
}

/** Undefined where there is no such process; false where it belongs to another user. */
function canSignal(pid: number): boolean | undefined {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM' ? false : undefined;
  }
}

function statOf(pid: number): { readonly state: string; readonly started: string } | undefined {
  const stat = textOf(`/proc/${pid}/stat`);
  // pid (name) state …: the name may hold anything, brackets included.
  const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [state, started] = [fields?.[0], fields?.[19]];
  return state === undefined || started === undefined ? undefined : { state, started };
}

function bootId(): string | null {
  return textOf('/proc/sys/kernel/random/boot_id')?.trim() ?? null;
}

/** Undefined where there is nothing to read: on another platform, or of a process that has ended. */
function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return undefined;
  }
}
