import type { ThreadGauges } from '../../runtime/threads/thread.js';

/** The gauges of a thread of which nothing is known. */
export const UNKNOWN_GAUGES: ThreadGauges = {
  threadId: null,
  stamp: 0,
  cpuMs: null,
  eventLoopUtilization: null,
  heapUsedBytes: null,
  heapLimitBytes: null,
  externalBytes: null,
  arrayBuffersBytes: null,
  retainedBytes: null,
  descriptorsOpen: null,
  descriptorsRunning: null,
  descriptorsHeld: null,
  descriptorsLeaked: null,
};
