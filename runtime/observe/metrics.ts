import { createHistogram, type RecordableHistogram } from 'node:perf_hooks';
import type { Outcome } from '../../workers/protocol/outcome.js';
import type { Task, TaskType } from '../task.js';

/** Percentiles in milliseconds; null while there is nothing to take them of. */
export interface Percentiles {
  readonly p50: number | null;
  readonly p95: number | null;
  readonly p99: number | null;
}

/** What is counted of one task name. */
export interface TaskFigures {
  readonly ok: number;
  readonly failed: number;
  readonly cancelled: number;
  readonly timedOut: number;
  readonly lost: number;
  readonly retried: number;
  readonly waitMs: Percentiles;
  readonly runMs: Percentiles;
  readonly cpuMs: number;
  /** Null until descriptors are tracked. */
  readonly leaked: number | null;
}

interface Counters {
  readonly outcomes: Record<Outcome, number>;
  retried: number;
  cpuMs: number;
  readonly wait: RecordableHistogram;
  readonly run: RecordableHistogram;
}

/** Histograms count whole microseconds, to two figures. */
const US_PER_MS = 1000;

/** Counters and histograms by task. Fed by what happens; nothing in the runtime reads them but the snapshot. */
export class Metrics {
  readonly #byType = new Map<TaskType, Counters>();

  /** A task is settled. */
  settled(task: Task, outcome: Outcome): void {
    const counters = this.#of(task.type);
    counters.outcomes[outcome]++;
    if (task.last !== undefined) counters.wait.record(microseconds(task.last.waitMs));
  }

  /** An attempt has ended. */
  ended(task: Task, runMs: number, cpuMs: number): void {
    const counters = this.#of(task.type);
    counters.run.record(microseconds(runMs));
    if (!Number.isNaN(cpuMs)) counters.cpuMs += cpuMs;
  }

  /** A task gets another attempt. */
  retried(task: Task): void {
    this.#of(task.type).retried++;
  }

  /** Figures by the tasks' names, as they are called now. */
  byName(): Record<string, TaskFigures> {
    const figures: Record<string, TaskFigures> = {};
    for (const [type, { outcomes, retried, cpuMs, wait, run }] of this.#byType) {
      figures[type.label] = {
        ok: outcomes.ok,
        failed: outcomes.failed,
        cancelled: outcomes.cancelled,
        timedOut: outcomes['timed-out'],
        lost: outcomes.lost,
        retried,
        waitMs: percentiles(wait),
        runMs: percentiles(run),
        cpuMs,
        leaked: null,
      };
    }
    return figures;
  }

  #of(type: TaskType): Counters {
    let counters = this.#byType.get(type);
    if (counters === undefined) {
      counters = {
        outcomes: { ok: 0, failed: 0, cancelled: 0, 'timed-out': 0, lost: 0 },
        retried: 0,
        cpuMs: 0,
        wait: createHistogram({ figures: 2 }),
        run: createHistogram({ figures: 2 }),
      };
      this.#byType.set(type, counters);
    }
    return counters;
  }
}

/** The histogram takes whole numbers from 1. */
function microseconds(ms: number): number {
  return Math.max(1, Math.round(ms * US_PER_MS));
}

function percentiles(histogram: RecordableHistogram): Percentiles {
  const at = (percent: number): number | null =>
    histogram.count === 0 ? null : histogram.percentile(percent) / US_PER_MS;
  return { p50: at(50), p95: at(95), p99: at(99) };
}
