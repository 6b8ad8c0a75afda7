import type { Check } from './checks.js';
import * as check from './checks.js';
import * as shape from './option-shapes.js';

/** Where an option may be given. */
export type Scope = 'supervisor' | 'task' | 'call' | 'map' | 'close';

/** One option: everything that is known of it stands here, and nowhere else. */
export interface OptionEntry {
  /** Its type as a reader writes it. */
  readonly type: string;
  /** What it means, in a sentence or two. */
  readonly doc: string;
  /** What holds without it, as a reader would write it. */
  readonly default: string;
  /** Where it may be given. */
  readonly scopes: readonly Scope[];
  /** Turns what was given into what is used, or throws a `BadOptionError`. */
  readonly check: Check<unknown>;
  /** Flag of `plustwo run` that gives the same. */
  readonly flag?: string;
}

const DURATION = "number | string ('250ms', '30s', '5m', '2h')";

/** The table of all options. docs/options.md is checked against it. */
export const OPTIONS: Readonly<Record<string, OptionEntry>> = {
  name: {
    type: 'string',
    doc: 'What the supervisor is called in its events and reports.',
    default: "'plustwo'",
    scopes: ['supervisor'],
    check: check.text,
  },
  threads: {
    type: 'number',
    doc: 'How many threads. 0 runs handlers inline, in the caller’s own thread: for unit tests and debuggers.',
    default: 'min(available parallelism, cgroup CPU quota) + 2',
    scopes: ['supervisor'],
    check: check.whole(0, 1024),
    flag: '--threads',
  },
  maxQueue: {
    type: 'number',
    doc: 'How many tasks may be accepted and not started, all lanes together.',
    default: '1,024 x threads',
    scopes: ['supervisor'],
    check: check.whole(1),
  },
  ioConcurrency: {
    type: 'number',
    doc: 'How many io attempts may share a thread.',
    default: '100',
    scopes: ['supervisor'],
    check: check.whole(1, 8192),
  },
  restart: {
    type: '{ intensity?: number; period?: Duration; total?: number }',
    doc: 'Deaths allowed per slot (`intensity`) and in all slots (`total`) within `period` before the supervisor gives up. Only deaths nobody asked for count; an attempt that ends ok clears the count.',
    default: "{ intensity: 5, period: '10s', total: 0.6 x intensity x threads, at least intensity }",
    scopes: ['supervisor'],
    check: shape.record(shape.RESTART),
  },
  recycle: {
    type: '{ heapGrowth?: size | false; descriptors?: number | false; tasks?: number | false; age?: Duration | false } | false',
    doc: 'When a thread is replaced by a fresh one, between two tasks: once it retains so many bytes above its warmed-up base, verified by garbage collections; once ended attempts hold so many descriptors in it, and it starts nothing more until it is replaced; after so many tasks; at such an age. Sizes are bytes or text such as `256M`; `false` switches a limit off, or all of them.',
    default: "{ heapGrowth: '256M', descriptors: 64, tasks: false, age: false }",
    scopes: ['supervisor'],
    check: shape.recycling,
  },
  ledger: {
    type: 'boolean',
    doc: 'Whether threads follow what their tasks open and close, and what memory they retain.',
    default: 'true; false where handlers run inline',
    scopes: ['supervisor'],
    check: check.flag,
  },
  stacks: {
    type: "'always' | 'suspect' | 'off'",
    doc: 'When the line is noted that opens something, at 2 to 5 µs each: at every opening; at the first openings of each task and at all once it has left something behind; never.',
    default: "'suspect'",
    scopes: ['supervisor'],
    check: check.oneOf('always', 'suspect', 'off'),
  },
  lastResort: {
    type: 'boolean',
    doc: 'Whether, when the process ends without `close()` (an error nobody caught, `process.exit`), child processes of tasks are ended with it.',
    default: 'false',
    scopes: ['supervisor'],
    check: check.flag,
  },
  resourceLimits: {
    type: 'ResourceLimits of node:worker_threads',
    doc: 'Heap limits of each thread, in megabytes. A last fuse, not isolation: some allocations end the whole process before the limit does.',
    default: 'those of Node',
    scopes: ['supervisor'],
    check: shape.record(shape.RESOURCE_LIMITS),
  },
  env: {
    type: 'Record<string, string>',
    doc: 'Environment variables of the threads, instead of the process’s own.',
    default: 'process.env',
    scopes: ['supervisor'],
    check: shape.strings,
  },
  argv: {
    type: 'string[]',
    doc: 'Appended to `process.argv` in the threads.',
    default: '[]',
    scopes: ['supervisor'],
    check: check.texts,
  },
  execArgv: {
    type: 'string[]',
    doc: 'Node options of the threads.',
    default: 'process.execArgv',
    scopes: ['supervisor'],
    check: check.texts,
  },
  workerData: {
    type: 'unknown',
    doc: '`workerData` of node:worker_threads in every thread; cloned.',
    default: 'undefined',
    scopes: ['supervisor'],
    check: check.anything,
  },
  output: {
    type: "'inherit' | 'stderr'",
    doc: 'Where what tasks print to stdout goes: the process’s stdout, or its stderr.',
    default: "'inherit'",
    scopes: ['supervisor'],
    check: check.oneOf('inherit', 'stderr'),
  },
  logs: {
    type: '{ debug, info, warn, error }: (message, fields) => void',
    doc: 'Gets what tasks log through `ctx.log`, and a line for each thread that is recycled or whose memory grows. Without it the lines are dropped.',
    default: 'none',
    scopes: ['supervisor'],
    check: shape.logSink,
  },
  grace: {
    type: DURATION,
    doc: 'How long a running attempt has to end by itself after its signal was aborted, before its thread is ended.',
    default: "'1s'",
    scopes: ['supervisor', 'task', 'call', 'map'],
    check: check.duration,
    flag: '--grace',
  },
  args: {
    type: 'unknown',
    doc: '`ctx.args` of the handlers; cloned.',
    default: 'undefined',
    scopes: ['supervisor', 'call', 'map'],
    check: check.anything,
    flag: '--args',
  },
  kind: {
    type: "'cpu' | 'io'",
    doc: 'Whether an attempt has a thread to itself while it runs, or shares one with other io attempts. Given to the supervisor, it holds for tasks that do not say.',
    default: "'cpu'",
    scopes: ['supervisor', 'task'],
    check: check.oneOf('cpu', 'io'),
    flag: '--kind',
  },
  timeout: {
    type: DURATION,
    doc: 'The longest an attempt may run, counted from its start.',
    default: 'none',
    scopes: ['task', 'call', 'map'],
    check: check.limit,
    flag: '--timeout',
  },
  deadline: {
    type: DURATION,
    doc: 'The longest from submission to settlement, waiting and retries included. No attempt follows it.',
    default: 'none',
    scopes: ['task', 'call', 'map'],
    check: check.limit,
  },
  retry: {
    type: '{ attempts?: number; backoff?: Duration; maxBackoff?: Duration; jitter?: boolean; on?: string[] }',
    doc: 'When and how often a task is tried again. `attempts` counts the first one; `backoff` doubles up to `maxBackoff`; with `jitter` the wait is drawn from 0 to its full length; `on` lists outcomes (`failed`, `timed-out`, `lost`) or codes and names of errors.',
    default: "{ attempts: 1, backoff: '100ms', maxBackoff: '30s', jitter: true, on: ['failed', 'timed-out', 'lost'] }",
    scopes: ['task', 'call', 'map'],
    check: shape.record(shape.RETRY),
    flag: '--retries',
  },
  priority: {
    type: 'number',
    doc: 'Higher first; first come first served inside a priority. A task that has waited for a second gets every second turn, whatever its priority.',
    default: '0',
    scopes: ['call', 'map'],
    check: check.finite,
  },
  signal: {
    type: 'AbortSignal',
    doc: 'Cancels the task: it leaves the queue at once, or its own `ctx.signal` is aborted.',
    default: 'none',
    scopes: ['call', 'map'],
    check: check.signal,
  },
  transfer: {
    type: 'Transferable[]',
    doc: 'Moved with the input instead of copied. Such a task has one attempt: its input is gone afterwards.',
    default: '[]',
    scopes: ['call'],
    check: shape.transferables,
  },
  onProgress: {
    type: '(fraction: number, note?: string) => void',
    doc: 'Called when the handler calls `ctx.progress`.',
    default: 'none',
    scopes: ['call', 'map'],
    check: check.callable,
  },
  whenFull: {
    type: "'reject' | 'wait'",
    doc: 'Whether a task that finds the queue full is rejected, or waits before it. `map` waits unless told otherwise.',
    default: "'reject'",
    scopes: ['call', 'map'],
    check: check.oneOf('reject', 'wait'),
  },
  ordered: {
    type: 'boolean',
    doc: 'Whether `map` yields in the order of the inputs, or as results come.',
    default: 'true',
    scopes: ['map'],
    check: check.flag,
    flag: '--keep-order',
  },
  concurrency: {
    type: 'number',
    doc: 'How many inputs `map` has pulled and not yet yielded at most.',
    default: '1,024 x threads',
    scopes: ['map'],
    check: check.whole(1),
    flag: '--concurrency',
  },
};

/** Options of `close`, apart: `timeout` means something else there. */
export const CLOSE_OPTIONS: Readonly<Record<string, OptionEntry>> = {
  timeout: {
    type: DURATION,
    doc: 'How long accepted work may go on before it is aborted. A second call may shorten it.',
    default: "'30s'",
    scopes: ['close'],
    check: check.duration,
  },
  queued: {
    type: "'finish' | 'reject'",
    doc: 'Whether tasks that were accepted and have not started are run, or rejected with PLUSTWO_CLOSED.',
    default: "'finish'",
    scopes: ['close'],
    check: check.oneOf('finish', 'reject'),
  },
};
