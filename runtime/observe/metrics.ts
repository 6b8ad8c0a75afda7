import { createHistogram, type RecordableHistogram } from 'node:perf_hooks';
import type { Outcome } from '../../workers/protocol/outcome.js';
import type { Leaks } from '../ledger/leaks.js';
import type { Task, TaskType } from '../task.js';

/** Percentiles in milliseconds; null while there is nothing to take them of. */
export interface Percentiles {
  /** Half of the values are at most this. */
  readonly p50: number | null;
  /** 95 of 100 values are at most this. */
  readonly p95: number | null;
  /** 99 of 100 values are at most this. */
  readonly p99: number | null;
}

/** What is counted of one task name, since the supervisor was made. Tasks that were refused are not counted. */
export interface TaskFigures {
  /** Tasks that settled `ok`. */
  readonly ok: number;
  /** Tasks that settled `failed`. */
  readonly failed: number;
  /** Tasks that settled `cancelled`. */
  readonly cancelled: number;
  /** Tasks that settled `timed-out`. */
  readonly timedOut: number;
  /** Tasks that settled `lost`. */
  readonly lost: number;
  /** How often a task was given another attempt. */
  readonly retried: number;
  /** From submission to the start of the last attempt that ended, of settled tasks; those without one are left out. */
  readonly waitMs: Percentiles;
  /** How long attempts ran that ended. */
  readonly runMs: Percentiles;
  /**
   * CPU of all attempts that ended, milliseconds. Attempts too short for a reading of their own count with their run time (cpu) or not
   * at all (io); longer ones do not count where the platform does not tell.
   */
  readonly cpuMs: number;
  /** Descriptors its attempts left open and never closed; null where descriptors are not tracked. */
  readonly leaked: number | null;
  /** Its part of the time in which event loops were busy, milliseconds; an attempt too short for a reading counts with its run time (cpu) or not at all (io). */
  readonly loopMs: number;
}

interface Counters {
  readonly outcomes: Record<Outcome, number>;
  retried: number;
  cpuMs: number;
  loopMs: number;
  readonly wait: RecordableHistogram;
  readonly run: RecordableHistogram;
}

/** Histograms count whole microseconds, to two figures. */
const US_PER_MS = 1000;

/** Counters and histograms by task. Fed by what happens; nothing in the runtime reads them but the snapshot. */
export class Metrics {
  readonly #byType = new Map<TaskType, Counters>();
  readonly #leaks: Leaks;

  constructor(leaks: Leaks) {
    this.#leaks = leaks;
  }

  /** A task is settled. */
  settled(task: Task, outcome: Outcome): void {
    const counters = this.#of(task.type);
    counters.outcomes[outcome]++;
    if (task.last !== undefined) counters.wait.record(microseconds(task.last.waitMs));
  }

  /** An attempt has ended. */
  ended(task: Task, { runMs, cpuMs, loopMs }: { runMs: number; cpuMs: number; loopMs: number }): void {
    const counters = this.#of(task.type);
    counters.run.record(microseconds(runMs));
    if (!Number.isNaN(cpuMs)) counters.cpuMs += cpuMs;
    counters.loopMs += loopMs;
  }

  /** A task gets another attempt. */
  retried(task: Task): void {
    this.#of(task.type).retried++;
  }

  /** Figures by the tasks' names, as they are called now. */
  byName(isTracked: boolean): Record<string, TaskFigures> {
    const figures: Record<string, TaskFigures> = {};
    for (const [type, { outcomes, retried, cpuMs, loopMs, wait, run }] of this.#byType) {
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
        loopMs,
        leaked: isTracked ? this.#leaks.leakedBy(type) : null,
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
        loopMs: 0,
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
