import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';

/** How many threads, and why. */
export interface Sizing {
  /** How many; 0 when handlers run inline, in the caller's own thread. */
  readonly threads: number;
  /** Why so many, in words. */
  readonly reason: string;
}

/** Threads beyond the cores: while two wait for the disk or the supervisor, the cores still have work. */
const SPARE = 2;

/** `min(available parallelism, CPU quota) + 2`, unless a number was asked for. */
export function sizeThreads(asked: number | undefined, cores = availableParallelism(), quota = cpuQuota()): Sizing {
  if (asked !== undefined) return { threads: asked, reason: asked === 0 ? 'inline, as asked' : `${asked}, as asked` };
  if (quota === undefined || quota >= cores)
    return { threads: cores + SPARE, reason: `${cores} available cores + ${SPARE}` };
  const whole = Math.max(1, Math.floor(quota));
  return { threads: whole + SPARE, reason: `CPU quota of ${quota} cores, counted as ${whole}, + ${SPARE}` };
}

/** Reads one file of the kernel; undefined when it is not there. */
export type ReadKernel = (path: string) => string | undefined;

/**
 * CPU quota of the control group in cores: the smallest from this group up to the root, version 2 or 1; undefined without one.
 */
export function cpuQuota(read: ReadKernel = readKernel): number | undefined {
  const quotas: number[] = [];
  for (const line of (read('/proc/self/cgroup') ?? '').split('\n')) {
    const [, id, controllers = '', path = '/'] = /^(\d+):([^:]*):(.*)$/.exec(line) ?? [];
    if (id === '0') collect(path, (at) => quotaV2(read(`/sys/fs/cgroup${at}/cpu.max`)), quotas);
    else if (controllers.split(',').includes('cpu')) collect(path, (at) => quotaV1(read, at), quotas);
  }
  return quotas.length === 0 ? undefined : Math.min(...quotas);
}

/** A container often sees its own group mounted as the root, so the root is asked as well. */
function collect(path: string, quotaAt: (at: string) => number | undefined, quotas: number[]): void {
  const steps = path.split('/').filter((step) => step !== '');
  for (let length = steps.length; length >= 0; length--) {
    const quota = quotaAt(
      steps
        .slice(0, length)
        .map((step) => `/${step}`)
        .join(''),
    );
    if (quota !== undefined) quotas.push(quota);
  }
}

function quotaV2(content: string | undefined): number | undefined {
  const [quota, period] = (content ?? '').trim().split(/\s+/);
  return ratio(quota, period);
}

function quotaV1(read: ReadKernel, at: string): number | undefined {
  for (const root of ['/sys/fs/cgroup/cpu', '/sys/fs/cgroup/cpu,cpuacct']) {
    const quota = ratio(read(`${root}${at}/cpu.cfs_quota_us`)?.trim(), read(`${root}${at}/cpu.cfs_period_us`)?.trim());
    if (quota !== undefined) return quota;
  }
  return undefined;
}

/** Without a limit the kernel writes `max` (version 2) or -1 (version 1). */
function ratio(quota: string | undefined, period: string | undefined): number | undefined {
  const cores = Number(quota) / Number(period);
  return Number.isFinite(cores) && cores > 0 ? cores : undefined;
}

function readKernel(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    // Not there: another platform, or no such controller. Both mean that no quota is known.
    return undefined;
  }
}
