import { existsSync } from 'node:fs';
import type { Kind } from '../../workers/protocol/outcome.js';
import type { Core } from '../core.js';
import type { DependencySnapshot } from '../dependencies/dependencies.js';
import type { DeathRecord } from '../errors.js';
import { descriptorLimit, descriptorsOpen } from '../ledger/descriptor-count.js';
import type { LedgerRow } from '../ledger/leaks.js';
import type { RecycleRecord } from '../threads/recycle.js';
import type { Sizing } from '../threads/sizing.js';
import type { Slot, SlotState } from '../threads/slot.js';
import type { GrowthEvent } from './events.js';
import type { UnattributedDescriptor } from './inspection.js';
import type { TaskFigures } from './metrics.js';

/** State as plain JSON. Units are in the names; what the platform cannot tell is null, and `capabilities` says so. */
export interface Snapshot {
  /** Version of this shape. */
  readonly v: 1;
  /** What the supervisor is called. */
  readonly name: string;
  /** `draining` from the call of `close()` until it is done; `closed` after it, or once threads kept dying and the supervisor gave up. */
  readonly state: 'running' | 'draining' | 'closed';
  /** How many threads, and why. */
  readonly sizing: Sizing;
  /** What can be told here. */
  readonly capabilities: Capabilities;
  /** One row per slot, by number. */
  readonly threads: readonly ThreadSnapshot[];
  /** Both lanes, by kind. */
  readonly lanes: Readonly<Record<Kind, LaneSnapshot>>;
  /** Figures by task name. */
  readonly tasks: Readonly<Record<string, TaskFigures>>;
  /** Dependencies by name. */
  readonly dependencies: Readonly<Record<string, DependencySnapshot>>;
  /** The process the supervisor runs in, its threads included. */
  readonly process: ProcessSnapshot;
  /** The child process that has the threads, with `isolation: 'process'`; null while there is none. Its descriptors and CPU are in it, not in `process`. */
  readonly host: HostSnapshot | null;
  /** Files and directories that attempts left open, most first: one row per task, resource and line, since the supervisor was made. */
  readonly leaks: readonly LedgerRow[];
  /** Servers, sockets, watchers, children and threads that outlived their attempts, likewise. Idle pooled sockets are in neither. */
  readonly retained: readonly LedgerRow[];
  /** What threads retain of the tasks they run, as last found, by slot. */
  readonly growth: readonly GrowthEvent[];
  /** Descriptors only the kernel knows of: native code's, the host's own files, and what a killed thread was just opening. */
  readonly unattributed: readonly UnattributedDescriptor[];
  /** Deaths nobody asked for, oldest first, the last hundred. */
  readonly restarts: readonly DeathRecord[];
  /** Planned replacements of threads, oldest first, the last hundred. */
  readonly recycles: readonly RecycleRecord[];
}

/** What this platform, and this version, can tell. */
export interface Capabilities {
  /** CPU by thread and attempt. */
  readonly threadCpu: boolean;
  /** How many descriptors the process has open. */
  readonly processDescriptors: boolean;
  /** Descriptors of native code, with what they stand for: only the kernel shows those. */
  readonly unattributed: boolean;
  /** Descriptors by thread and task: not where handlers run inline, or when the ledger is off. */
  readonly descriptorsByThread: boolean;
}

/** One slot and its thread. */
export interface ThreadSnapshot {
  /** The slot's number, from 0; it stays when the thread is replaced. */
  readonly slot: number;
  /** Node's id of the thread, 0 for handlers run inline; null while there is none or it is coming up. */
  readonly threadId: number | null;
  /** Which of the slot's threads it is, from 1; 0 before the first. */
  readonly generation: number;
  /** Where the slot stands; `up` is told as `busy` when it has attempts that have not ended, as `idle` when it has none. */
  readonly state: SlotState | 'idle' | 'busy';
  /** Kind of what it runs; null when idle. */
  readonly kind: Kind | null;
  /** Name of the task that has run longest in it; null when idle. */
  readonly task: string | null;
  /** How long the attempt of that task has run, milliseconds; null when idle. */
  readonly taskAgeMs: number | null;
  /** Attempts that ended in the slot, over all its threads. */
  readonly tasksDone: number;
  /**
   * CPU the thread has used in its life, milliseconds, as last read at the end of an attempt; null until the thread is up, and where the
   * platform does not tell.
   */
  readonly cpuMs: number | null;
  /** Part of its life, 0 to 1, in which its event loop was not waiting; null while it is not up, and for handlers run inline. */
  readonly eventLoopUtilization: number | null;
  /** JavaScript heap in use, as last read at the end of an attempt; null until the thread is up. */
  readonly heapUsedBytes: number | null;
  /** Heap at which the thread runs out of memory; null until the thread is up. */
  readonly heapLimitBytes: number | null;
  /** Memory outside the heap that its objects hold, as last read at the end of an attempt, 0 before; null until the thread is up. */
  readonly externalBytes: number | null;
  /** Memory of ArrayBuffers its objects hold, part of `externalBytes`; null until it was read. */
  readonly arrayBuffersBytes: number | null;
  /** Bytes above its warmed-up base that survived a forced garbage collection; null until that was verified. */
  readonly retainedBytes: number | null;
  /** Descriptors it has open; null while `capabilities.descriptorsByThread` is false. */
  readonly descriptorsOpen: number | null;
  /** Descriptors its ended attempts left open; null while `capabilities.descriptorsByThread` is false. */
  readonly descriptorsLeaked: number | null;
}

/** One lane. */
export interface LaneSnapshot {
  /** Tasks accepted and not started, those included that wait for their limit or a dependency. */
  readonly queued: number;
  /** Attempts that run now. */
  readonly running: number;
  /** How long the longest waiting has waited; null when none waits. */
  readonly oldestMs: number | null;
}

/** The process as a whole. */
export interface ProcessSnapshot {
  /** Resident memory; null in a process that has no descriptor left to read it with. */
  readonly rssBytes: number | null;
  /** Descriptors open; null where the platform does not tell. */
  readonly descriptorsOpen: number | null;
  /** How many it may have open, the soft limit; null where there is none or the platform does not tell. */
  readonly descriptorLimit: number | null;
  /** How many are kept free; null where no limit is known, or no tasks run in this process. */
  readonly descriptorReserve: number | null;
  /** Whether io tasks wait because fewer are left. */
  readonly ioHeldBack: boolean;
  /** CPU used since the process started, user and system together, milliseconds. */
  readonly cpuMs: number;
}

/** The child process of `isolation: 'process'`. */
export interface HostSnapshot extends ProcessSnapshot {
  /** Its process id. */
  readonly pid: number;
}

/** What a snapshot is made of beside the core. */
export interface SnapshotFrame {
  readonly name: string;
  readonly state: Snapshot['state'];
  readonly sizing: Sizing;
  /** Whether threads keep a ledger. */
  readonly tracked: boolean;
  readonly unattributed: readonly UnattributedDescriptor[];
}

/** Node tells it, or the kernel does. */
const TELLS_THREAD_CPU = 'threadCpuUsage' in process || existsSync('/proc/thread-self/schedstat');

/** Takes a snapshot. Reads shared memory and counters; asks no thread. */
export function takeSnapshot(core: Core, frame: SnapshotFrame, now: number): Snapshot {
  const threads = core.slots.map((slot) => threadSnapshot(slot, now));
  const process = processSnapshot(core);
  const { name, state, sizing, tracked } = frame;
  return {
    v: 1,
    name,
    state,
    sizing,
    capabilities: {
      threadCpu: TELLS_THREAD_CPU || threads.some((thread) => thread.cpuMs !== null),
      processDescriptors: process.descriptorsOpen !== null,
      unattributed: process.descriptorsOpen !== null,
      descriptorsByThread: tracked,
    },
    threads,
    lanes: { cpu: laneSnapshot(core, 'cpu', now), io: laneSnapshot(core, 'io', now) },
    tasks: core.metrics.byName(tracked),
    dependencies: core.dependencies.snapshot(now, (dependency) => core.gates.parkedFor(dependency)),
    process,
    host: null,
    leaks: core.leaks.leaks(),
    retained: core.leaks.retained(),
    growth: core.findings.growth(),
    unattributed: frame.unattributed,
    restarts: [...core.threads.deaths],
    recycles: [...core.threads.recycles],
  };
}

/** Of one slot and its thread, if it has one. */
export function threadSnapshot(slot: Slot, now: number): ThreadSnapshot {
  const running = slot
    .tasks()
    .map((task) => ({ task, startedAt: slot.thread?.startedAt(task.entry) }))
    .filter((attempt): attempt is typeof attempt & { startedAt: number } => attempt.startedAt !== undefined)
    .sort((a, b) => a.startedAt - b.startedAt);
  const [oldest] = running;
  const gauges = slot.thread?.gauges();
  return {
    slot: slot.number,
    threadId: gauges?.threadId ?? null,
    generation: slot.generation,
    state: slot.state === 'up' ? (slot.outstanding > 0 ? 'busy' : 'idle') : slot.state,
    kind: oldest?.task.type.plan.kind ?? null,
    task: oldest?.task.type.label ?? null,
    taskAgeMs: oldest === undefined ? null : Math.max(0, now - oldest.startedAt),
    tasksDone: slot.tasksDone,
    cpuMs: gauges?.cpuMs ?? null,
    eventLoopUtilization: gauges?.eventLoopUtilization ?? null,
    heapUsedBytes: gauges?.heapUsedBytes ?? null,
    heapLimitBytes: gauges?.heapLimitBytes ?? null,
    externalBytes: gauges?.externalBytes ?? null,
    arrayBuffersBytes: gauges?.arrayBuffersBytes ?? null,
    retainedBytes: gauges?.retainedBytes ?? null,
    descriptorsOpen: gauges?.descriptorsOpen ?? null,
    descriptorsLeaked: gauges?.descriptorsLeaked ?? null,
  };
}

function laneSnapshot(core: Core, kind: Kind, now: number): LaneSnapshot {
  const lane = core.lanes.waiting(kind);
  const parked = core.gates.parked().filter(({ type }) => type.plan.kind === kind);
  const oldest = parked.reduce((at, { queuedAt }) => Math.min(at, queuedAt), lane.oldest ?? Number.POSITIVE_INFINITY);
  let posted = 0;
  let running = 0;
  for (const slot of core.slots) {
    for (const task of slot.tasks()) {
      if (task.type.plan.kind !== kind) continue;
      if (slot.thread?.startedAt(task.entry) === undefined) posted++;
      else running++;
    }
  }
  const oldestMs = Number.isFinite(oldest) ? Math.max(0, now - oldest) : null;
  return { queued: lane.size + parked.length + posted, running, oldestMs };
}

/** Of this process. */
export function processSnapshot(core?: Core): ProcessSnapshot {
  const { user, system } = process.cpuUsage();
  return {
    rssBytes: residentBytes(),
    descriptorsOpen: descriptorsOpen(),
    descriptorLimit: descriptorLimit(),
    descriptorReserve: core?.descriptors.reserve ?? null,
    ioHeldBack: core !== undefined && core.descriptors.isShort && core.lanes.io.size > 0,
    cpuMs: (user + system) / 1000,
  };
}

/** Reading it takes a descriptor. */
function residentBytes(): number | null {
  try {
    return process.memoryUsage.rss();
  } catch {
    return null;
  }
}
