import { RING_BYTES, type RingLine, ringMemoryBytes } from '../../workers/protocol/log-ring.js';

/** A line of a task, with what matters to the test. */
export function ringLine(own: Partial<RingLine> = {}): RingLine {
  return {
    at: 1_700_000_000_123.5,
    source: 'stdout',
    level: 'info',
    text: 'a line',
    fields: undefined,
    taskId: 7,
    attempt: 1,
    handler: 3,
    seq: 0,
    isPartial: false,
    isBinary: false,
    isLate: false,
    trace: undefined,
    ...own,
  };
}

/** Memory for a ring of so many bytes. */
export function ringMemory(bytes: number = RING_BYTES): SharedArrayBuffer {
  return new SharedArrayBuffer(ringMemoryBytes(bytes));
}
