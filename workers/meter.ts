import { closeSync, openSync, readSync } from 'node:fs';
import { getHeapStatistics } from 'node:v8';
import type { Attempt } from './attempt.js';
import { Flag, Gauge, type RecorderViews } from './protocol/recorder.js';

type ThreadCpuUsage = () => { user: number; system: number };

/** From this long on an attempt gets readings of its own, and results before it do not wait for it. */
const MEASURED_MS = 1;
/** Shorter ones share a reading at least so often. */
const SHARED_MS = 5;
/** Only `process.memoryUsage()` tells the bytes of array buffers, and it asks the kernel for the process's memory as well (3 µs). */
const BUFFERS_MS = 100;

/**
 * What this thread costs, read at attempt boundaries at most once a millisecond.
 *
 * CPU of attempts that overlap is shared by a running integral: `share` grows by the thread's CPU divided by the attempts that ran
 * meanwhile, so an attempt's part is the difference of two readings of it, however many come and go in between. The time in which the
 * event loop was busy is shared the same way by `loopShare`. What short attempts were charged by their run time is not shared again.
 */
export class Meter {
  readonly #views: RecorderViews;
  #readCpu: () => number;
  readonly #fd: number | undefined;
  #cpuMs: number;
  #heap = 0;
  #readAt = Number.NEGATIVE_INFINITY;
  #heapChange = 0;
  #loopMs = busyMs();
  #buffersAt = Number.NEGATIVE_INFINITY;
  /** Run time of the short cpu attempts since the last reading. */
  #charged = 0;
  /** The running integral of CPU per running attempt, ms. */
  share = 0;
  /** The running integral of the event loop's busy time per running attempt, ms. */
  loopShare = 0;

  constructor(views: RecorderViews) {
    this.#views = views;
    const native = (process as { threadCpuUsage?: ThreadCpuUsage }).threadCpuUsage;
    this.#fd = native === undefined ? openSchedstat() : undefined;
    this.#readCpu = native === undefined ? schedstatReader(this.#fd) : nativeReader(native.bind(process));
    this.#cpuMs = this.#readCpu();
    const { used_heap_size, heap_size_limit, external_memory } = getHeapStatistics();
    this.#heap = used_heap_size;
    views.gauges[Gauge.heapLimit] = heap_size_limit;
    this.#publish(used_heap_size, external_memory, performance.now());
  }

  /** Writes down what an attempt cost that ends now, among so many running. */
  charge(attempt: Attempt, now: number, running: number): void {
    const { entry, handler } = attempt;
    const { cpuMs, loopMs, heapBytes, flags } = this.#views;
    const took = now - attempt.startedAt;
    handler.slow = took >= MEASURED_MS;
    if (handler.slow || now - this.#readAt >= SHARED_MS) this.#read(now, running);
    if (handler.slow) {
      // The integral began at the reading before the attempt did; no attempt can have had more than the time it took.
      cpuMs[entry] = Math.min(this.share - attempt.cpuAtStart, took);
      loopMs[entry] = Math.min(this.loopShare - attempt.loopAtStart, took);
      heapBytes[entry] = this.#heapChange;
      flags[entry] = (flags[entry] ?? 0) | Flag.measured;
    } else {
      const part = handler.kind === 'cpu' ? took : 0;
      this.#charged += part;
      cpuMs[entry] = part;
      loopMs[entry] = part;
      heapBytes[entry] = 0;
    }
  }

  /** Brings the gauges up to date among so many running attempts; with none, what passed since the last reading is charged to nobody. */
  update(running: number): void {
    this.#read(performance.now(), running);
  }

  /** Reads CPU, event loop and heap, charges what passed to the attempts that ran, and publishes the gauges. */
  #read(now: number, running: number): void {
    const cpuMs = this.#readCpu();
    const loopMs = busyMs();
    if (running > 0) {
      this.share += unshared(cpuMs - this.#cpuMs, this.#charged) / running;
      this.loopShare += unshared(loopMs - this.#loopMs, this.#charged) / running;
    }
    this.#cpuMs = cpuMs;
    this.#loopMs = loopMs;
    this.#charged = 0;
    const heap = getHeapStatistics();
    this.#heapChange = heap.used_heap_size - this.#heap;
    this.#heap = heap.used_heap_size;
    this.#readAt = now;
    this.#publish(heap.used_heap_size, heap.external_memory, now);
  }

  /** Gives the descriptor back. */
  close(): void {
    if (this.#fd === undefined) return;
    // An attempt that was given up may still end; it is not told what it cost.
    this.#readCpu = () => Number.NaN;
    closeSync(this.#fd);
  }

  #publish(heapUsed: number, external: number, now: number): void {
    const { gauges } = this.#views;
    gauges[Gauge.heapUsed] = heapUsed;
    gauges[Gauge.external] = external;
    gauges[Gauge.cpuMs] = this.#cpuMs;
    if (now - this.#buffersAt < BUFFERS_MS) return;
    this.#buffersAt = now;
    gauges[Gauge.arrayBuffers] = arrayBufferBytes() ?? gauges[Gauge.arrayBuffers] ?? Number.NaN;
  }
}

/** Undefined in a process that has no descriptor left: what Node asks the kernel for takes one. An attempt must not fail over that. */
function arrayBufferBytes(): number | undefined {
  try {
    return process.memoryUsage().arrayBuffers;
  } catch {
    return undefined;
  }
}

/** How long the event loop has been busy, ms; 0 before its first turn. */
function busyMs(): number {
  return performance.eventLoopUtilization().active;
}

/** What is left of a reading once short attempts have had their part; NaN, where the platform cannot tell, stays NaN. */
function unshared(passed: number, charged: number): number {
  return Math.max(0, passed - charged);
}

/** Linux keeps the figure of a running thread up to a scheduler tick (4 ms) stale; asking for the process's usage first brings it up to date. */
function settle(): void {
  process.cpuUsage();
}

function nativeReader(threadCpuUsage: ThreadCpuUsage): () => number {
  return () => {
    settle();
    const { user, system } = threadCpuUsage();
    return (user + system) / 1000;
  };
}

function openSchedstat(): number | undefined {
  try {
    return openSync('/proc/thread-self/schedstat', 'r');
  } catch {
    // Not Linux, or a sandbox without it: CPU by thread is not to be had, and `capabilities` says so.
    return undefined;
  }
}

function schedstatReader(fd: number | undefined): () => number {
  if (fd === undefined) return () => Number.NaN;
  const line = Buffer.alloc(64);
  return () => {
    settle();
    readSync(fd, line, 0, line.length, 0);
    let nanoseconds = 0;
    for (let at = 0, digit = line[0] ?? 0; digit >= 48 && digit <= 57; digit = line[++at] ?? 0)
      nanoseconds = nanoseconds * 10 + digit - 48;
    return nanoseconds / 1e6;
  };
}
