import { ThreadLostError } from '../../runtime/errors.js';
import type { LedgerRow } from '../../runtime/ledger/leaks.js';
import type { Finding } from '../../runtime/logs/anomalies.js';
import type { EndedTask } from '../../runtime/logs/ended-task.js';
import type { LogEvent } from '../../runtime/logs/log-events.js';
import type { LogLine } from '../../runtime/logs/log-line.js';
import type { Usage } from '../../runtime/task.js';

/** The supervisor's id in all samples. */
export const INSTANCE = 'k3v9x0ab';

const at = Date.UTC(2026, 2, 1, 9, 30, 0, 125);

/** A line of a task. */
export function line(changes: Partial<LogLine> = {}): LogLine {
  return {
    at,
    slot: 2,
    generation: 1,
    source: 'stdout',
    level: 'info',
    text: 'resized to 320 pixels',
    fields: undefined,
    taskId: 412,
    taskName: 'resize',
    attempt: 1,
    seq: 0,
    isPartial: false,
    isBinary: false,
    isLate: false,
    traceId: undefined,
    spanId: undefined,
    ...changes,
  };
}

/** A task that went well, unless said otherwise. */
export function ended(changes: Partial<Omit<EndedTask, 'usage'>> = {}, cost: Partial<Usage> = {}): EndedTask {
  const descriptors = { opened: 4, leaked: [] };
  const figures = { waitMs: 12.4, runMs: 86.2004, cpuMs: 80.05, heapDeltaBytes: -20_480, descriptors };
  const usage: Usage = { attempts: 1, slot: 2, estimated: false, ...figures, ...cost };
  return { at, task: 'resize', taskId: 412, outcome: 'ok', error: undefined, usage, trace: undefined, ...changes };
}

/** An error with a stack that is the same everywhere. */
export function noSuchSize(): RangeError {
  const error = new RangeError('no such size: -1');
  error.stack = 'RangeError: no such size: -1\n    at resize (/app/images.js:7:11)';
  return error;
}

/** The end of a task that failed. */
export function failed(changes: Partial<Omit<EndedTask, 'usage'>> = {}): EndedTask {
  return ended({ outcome: 'failed', error: noSuchSize(), ...changes });
}

/** A task that took far longer than usual. */
export const LONG: Finding = {
  type: 'duration',
  at,
  about: 'resize',
  note: 'resize ran long',
  task: 'resize',
  taskId: 412,
  slot: 2,
  generation: undefined,
  value: 4100,
  threshold: 1210.5,
  baseline: 82.7,
  untold: 0,
  isNews: true,
};

const death = { process: false, slot: 2, generation: 1, reason: 'exit code 3', task: 'resize', taskId: 412, at: '' };
const figures = { heapGrowthBytes: null, descriptorsHeld: 64, tasks: 100, ageMs: 60_000 };
const recycle = { slot: 2, generation: 1, reason: 'descriptors', task: 'resize', figures, overlap: true } as const;
const growth = {
  slot: 2,
  generation: 1,
  where: 'heap',
  task: 'resize',
  bytesPerTask: 1024,
  retainedBytes: 2 ** 20,
  tasks: 99,
} as const;
const openedAt = '/app/images.js:7:11';
const leak: LedgerRow = {
  task: 'resize',
  taskId: 412,
  resource: 'file',
  descriptor: 23,
  path: '/a.png',
  openedAt,
  count: 3,
};
const circuit = { dependency: 'billing', calls: 20, failures: 12 } as const;
const lost = new ThreadLostError('exit code 134', { started: true, output: 'FATAL ERROR: no memory\n' });
const dropped = { count: 37, bytes: 4096, slot: 2, generation: 1 };
const nowhere = { count: 0, bytes: undefined, slot: undefined, generation: undefined };
const suppressed = { kind: 'heartbeat # of #', level: 'info', windowMs: 60_000 } as const;
const trace = { traceId: '4bf92f3577b34da6a3ce929d0e0e4736', spanId: '00f067aa0ba902b7' };
const retried = { task: 'resize', taskId: 412, attempt: 1, outcome: 'failed', afterMs: 200.12345, trace } as const;
const figuresOfDay = { linesIn: 9_000, linesOut: 4_000, linesSuppressed: 4_990, linesDropped: 10 };

const trouble = { path: '/app/logs/app', code: 'ENOSPC', message: 'no space left on device' };

type Sample<Name extends LogEvent['event']> = Omit<Extract<LogEvent, { event: Name }>, 'at' | 'event'>;

/** Each event, in each of the forms it has: the compiler asks for one that is new. */
const SAMPLES: { readonly [Name in LogEvent['event']]: readonly Sample<Name>[] } = {
  'supervisor.started': [{ name: 'plustwo', threads: 4, pid: 4242 }],
  'supervisor.closed': [{ name: 'plustwo', pid: 4242 }],
  'task.retried': [{ retried: { ...retried, error: noSuchSize() } }, { retried: { ...retried, error: null } }],
  'thread.restarted': [
    { death, error: noSuchSize() },
    { death: { ...death, task: null, taskId: null }, error: undefined },
    { death: { ...death, process: true }, error: lost },
  ],
  'thread.recycled': [
    { recycle: { ...recycle, helped: null, at: '' } },
    { recycle: { ...recycle, task: null, helped: false, at: '' } },
  ],
  'task.leaked': [{ leak }, { leak: { ...leak, descriptor: null, path: null, openedAt: null } }],
  'memory.growth': [{ growth }, { growth: { ...growth, task: null } }, { growth: { ...growth, bytesPerTask: 0 } }],
  'circuit.changed': [
    { circuit: { ...circuit, state: 'open', retryAfterMs: 30_000 } },
    { circuit: { ...circuit, state: 'half-open', retryAfterMs: null } },
    { circuit: { ...circuit, state: 'closed', retryAfterMs: null } },
  ],
  'log.suppressed': [
    { note: { ...suppressed, count: 1204, rule: 'heartbeat', taskName: undefined } },
    { note: { ...suppressed, count: 2, taskName: 'resize' } },
    { note: { ...suppressed, count: 1, taskName: undefined, windowMs: 1_234.5 } },
  ],
  'log.dropped': [{ dropped }, { dropped: nowhere }],
  'log.summary': [
    { summary: { ...figuresOfDay, bytesIn: 2_000_000, bytesOut: 500_000, windowMs: 86_400_000 } },
    { summary: { ...figuresOfDay, bytesIn: 0, bytesOut: 0, windowMs: 86_400_000 } },
  ],
  'log.rule_silent': [{ note: { rule: 'heartbeat', windows: 1, usual: 60 } }],
  'log.rule_jump': [{ note: { rule: 'cache', count: 5_000, usual: 12.5 } }],
  anomaly: [{ finding: LONG }, { finding: { ...LONG, type: 'sink', about: 'app', value: undefined, untold: 3 } }],
  'sink.fault': [
    { sink: 'app', notice: { ...trouble, kind: 'fault', held: 3, dropped: 0 } },
    { sink: 'app', notice: { kind: 'lost', dropped: 3 } },
    { sink: 'app', notice: { kind: 'shared', path: '/app/logs/app' } },
    { sink: 'app', notice: { ...trouble, kind: 'kept', wanted: 'remove' } },
  ],
  'sink.recovered': [
    { sink: 'app', dropped: 0 },
    { sink: 'app', dropped: 12 },
  ],
};

/** All of them, all at the same moment. */
export function sampleEvents(): LogEvent[] {
  return Object.entries(SAMPLES).flatMap(([event, samples]) =>
    samples.map((sample) => ({ at, event, ...sample }) as LogEvent),
  );
}
