import { existsSync } from 'node:fs';
import type { Frame } from '../engine.js';
import { processSnapshot, type Snapshot, threadSnapshot } from '../observe/snapshot.js';
import { Slot } from '../threads/slot.js';
import type { HostStatus } from './wire.js';

/** What is known here; the rest only the host can tell. */
export type KnownHere = Pick<Snapshot, 'tasks' | 'leaks' | 'retained' | 'growth' | 'restarts' | 'recycles'> & {
  /** Of the host, while there is one. */
  readonly pid: number | undefined;
};

/** A snapshot of a supervisor whose threads are in a host: as that told last, no more than a tenth of a second ago while something happens. */
export function hostedSnapshot(frame: Frame, status: HostStatus | undefined, known: KnownHere): Snapshot {
  const { name, state, sizing } = frame;
  const { pid, ...here } = known;
  const process = processSnapshot();
  const idle = { queued: 0, running: 0, oldestMs: null };
  return {
    v: 1,
    name,
    state,
    sizing,
    capabilities: status?.capabilities ?? {
      threadCpu: existsSync('/proc/thread-self/schedstat'),
      processDescriptors: process.descriptorsOpen !== null,
      unattributed: process.descriptorsOpen !== null,
      descriptorsByThread: frame.tracked,
    },
    threads: status?.threads ?? Array.from({ length: sizing.threads }, (_, slot) => threadSnapshot(new Slot(slot), 0)),
    lanes: status?.lanes ?? { cpu: idle, io: idle },
    dependencies: status?.dependencies ?? {},
    process,
    host: pid === undefined ? null : { pid, ...(status?.process ?? process) },
    unattributed: status?.unattributed ?? [],
    ...here,
  };
}
