import type { Frame } from '../engine.js';
import type { DeathRecord } from '../errors.js';
import { Findings } from '../ledger/findings.js';
import { Leaks } from '../ledger/leaks.js';
import { KeptLines } from '../logs/kept-lines.js';
import type { EngineRim } from '../make-engine.js';
import type { RestartEvent } from '../observe/events.js';
import { Metrics } from '../observe/metrics.js';
import type { Snapshot } from '../observe/snapshot.js';
import type { LastAttempt, Task } from '../task.js';
import type { RecycleRecord } from '../threads/recycle.js';
import { CallTotals } from './call-totals.js';
import type { HostLine } from './host-line.js';
import { hostedSnapshot } from './hosted-snapshot.js';
import type { FromHost, HostedRetry, HostStatus } from './wire.js';

/** The snapshot tells of so many of a kind. */
const MAX_RECORDS = 100;

/** What hosts tell of threads and tasks: keeps what has to outlive them, and passes the rest on. */
export class Tidings {
  readonly #rim: EngineRim;
  readonly #leaks = new Leaks();
  readonly metrics = new Metrics(this.#leaks);
  readonly #findings: Findings;
  readonly #deaths: DeathRecord[] = [];
  readonly #recycles: RecycleRecord[] = [];
  readonly #calls = new CallTotals();
  #status: HostStatus | undefined;

  constructor(rim: EngineRim) {
    this.#rim = rim;
    this.#findings = new Findings({ leaks: this.#leaks, announcer: rim.announcer, typeOf: rim.typeOf });
  }

  /** Takes in what a host says. */
  heard(message: Exclude<FromHost, { type: 'broken' }>, line: HostLine): void {
    const { announcer } = this.#rim;
    switch (message.type) {
      case 'up':
        if (line.isUsual) this.#findings.cleared(message.slot);
        break;
      case 'finding':
        this.#found(message);
        break;
      case 'lines':
        guarded(() => {
          this.#rim.lines(new KeptLines(message.entries), message.lost);
        });
        break;
      case 'progress':
        guarded(() => line.at(message.event.taskId)?.plan.onProgress?.(message.event.fraction, message.event.note));
        announcer.tell('progress', message.event);
        break;
      case 'retried':
        this.#retried(line.at(message.retry.id), message.retry);
        break;
      case 'retry':
        announcer.tell('retry', message.event);
        break;
      case 'restart':
        this.died(message.event);
        break;
      case 'recycle':
        keep(this.#recycles, message.event);
        announcer.tell('recycle', message.event);
        break;
      case 'circuit':
        announcer.tell('circuit', message.event);
        break;
      case 'status':
        if (line.host !== undefined) this.#calls.told(line.host, message.status.dependencies);
        if (line.isUsual) this.#status = message.status;
        break;
    }
  }

  /** Usage has it from the outcome, which follows. */
  #found({ slot, generation, finding }: Extract<FromHost, { type: 'finding' }>): void {
    this.#findings.heard({ number: slot, generation, tasks: () => [] }, finding);
  }

  /** A thread of a host died, or a host did. */
  died(event: RestartEvent): void {
    const { error: _, ...record } = event;
    keep(this.#deaths, record);
    this.#rim.announcer.tell('restart', event);
  }

  /** Figures of an attempt that has ended. */
  took(task: Task, last: LastAttempt): void {
    task.last = last;
    this.metrics.ended(task, last);
  }

  snapshot(frame: Frame, pid: number | undefined): Snapshot {
    const status = this.#status;
    const dependencies = this.#calls.of(status?.dependencies ?? {});
    return hostedSnapshot(frame, status === undefined ? undefined : { ...status, dependencies }, {
      tasks: this.metrics.byName(frame.tracked),
      leaks: this.#leaks.leaks(),
      retained: this.#leaks.retained(),
      growth: this.#findings.growth(),
      restarts: [...this.#deaths],
      recycles: [...this.#recycles],
      pid,
    });
  }

  #retried(task: Task | undefined, { attempts, last }: HostedRetry): void {
    if (task === undefined) return;
    task.attemptsStarted = attempts;
    if (last !== undefined) this.took(task, last);
    this.metrics.retried(task);
  }
}

/** A listener's own error is thrown where the host of all this sees it, and not through the middle of what is being read. */
function guarded(tell: () => void): void {
  try {
    tell();
  } catch (error) {
    queueMicrotask(() => {
      throw error;
    });
  }
}

function keep<Value>(records: Value[], record: Value): void {
  records.push(record);
  if (records.length > MAX_RECORDS) records.shift();
}
