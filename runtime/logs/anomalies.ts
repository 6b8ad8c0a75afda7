import { Baseline } from './baseline.js';
import { type EndedTask, roundMs } from './ended-task.js';
import type { Unwritten } from './incident-pace.js';
import { Quiet } from './quiet.js';

/** What can be unusual. */
export type AnomalyType =
  | 'duration'
  | 'wait'
  | 'growth'
  | 'leak'
  | 'restart'
  | 'recycle'
  | 'circuit'
  | 'sink'
  | 'lines-dropped'
  | 'rule-silent'
  | 'rule-jump';

/** Something unusual has happened. */
export interface Occurrence {
  readonly type: AnomalyType;
  /** When, milliseconds since the epoch. */
  readonly at: number;
  /** Whose: a task's name, or that of a dependency, a rule, a sink; a slot where it is no task's. */
  readonly about: string;
  /** In a few words, for a reader. */
  readonly note: string;
  readonly task: string | undefined;
  readonly taskId: number | undefined;
  readonly slot: number | undefined;
  readonly generation: number | undefined;
  /** What was found, from where on that is unusual, and what is usual; milliseconds, bytes or a count, as the type has it. */
  readonly value: number | undefined;
  readonly threshold: number | undefined;
  readonly baseline: number | undefined;
}

/** An occurrence that has an incident. */
export interface Finding extends Occurrence {
  /** How many of its type and of the same were not told since the one before. */
  readonly untold: number;
  /** Whether it is told in the app log as well: one of a type about the same is, in ten minutes. */
  readonly isNews: boolean;
}

interface Usual {
  readonly run: Baseline;
  readonly wait: Baseline;
}

const NOTHING: readonly Finding[] = [];

/**
 * Finds tasks far outside the history of their name. Each of them has its incident, and one in {@link QUIET_MS} a line in the app log. Of
 * what else there is, such as leaks of the same line or restarts after the same task, one in that time has an incident, since they come by
 * the hundred; the others are counted. What it remembers is per name of a task, dependency, rule or sink, of which a program has as many as
 * its code says.
 */
export class Anomalies {
  readonly #usual = new Map<string, Usual>();
  readonly #news = new Quiet();
  readonly #others = new Quiet();

  /** A task is settled. Costs two increments per figure while it is nothing unusual. */
  settled(ended: EndedTask): readonly Finding[] {
    const { task, outcome, usage } = ended;
    if (usage.slot === null) return NOTHING;
    const { run, wait } = this.#usualOf(task);
    // A failure has its own incident, and says nothing of how long the work takes. The wait of a later attempt holds the attempts before.
    const ranLong = outcome === 'ok' && judge(run, usage.runMs);
    const waitedLong = usage.attempts === 1 && judge(wait, usage.waitMs);
    if (ranLong === false && waitedLong === false) return NOTHING;
    const findings: Finding[] = [];
    if (ranLong !== false) findings.push(this.#found(occurrenceAt(ended, 'duration', usage.runMs, ranLong)));
    if (waitedLong !== false) findings.push(this.#found(occurrenceAt(ended, 'wait', usage.waitMs, waitedLong)));
    return findings;
  }

  /** Something else has happened; undefined when one like it was told a short while ago. */
  report(occurrence: Occurrence): Finding | undefined {
    const { type, about, at } = occurrence;
    const untold = this.#others.pass(type, about, at);
    return untold === undefined ? undefined : { ...occurrence, untold, isNews: true };
  }

  /** Whether `due` will have something to say. */
  get isCounting(): boolean {
    return this.#others.isCounting;
  }

  /** What was reported and only counted, of times that are over; with `all`, up to now. */
  due(at: number, all = false): readonly Unwritten[] {
    return this.#others.due(at, all);
  }

  #found(occurrence: Occurrence): Finding {
    const { type, about, at } = occurrence;
    const untold = this.#news.pass(type, about, at);
    return { ...occurrence, untold: untold ?? 0, isNews: untold !== undefined };
  }

  #usualOf(task: string): Usual {
    let usual = this.#usual.get(task);
    if (usual === undefined) {
      usual = { run: new Baseline(), wait: new Baseline() };
      this.#usual.set(task, usual);
    }
    return usual;
  }
}

interface Measure {
  readonly threshold: number;
  readonly baseline: number;
}

/** The figures it was judged by, where it is far out: taking it in may change them. */
function judge(usual: Baseline, ms: number): Measure | false {
  const { threshold, median } = usual;
  return usual.add(ms) && { threshold: roundMs(threshold), baseline: roundMs(median) };
}

function occurrenceAt(ended: EndedTask, type: 'duration' | 'wait', ms: number, measure: Measure): Occurrence {
  const { at, task, taskId, usage } = ended;
  return {
    type,
    at,
    about: task,
    note: type === 'duration' ? `${task} ran long` : `${task} waited long`,
    task,
    taskId,
    slot: usage.slot ?? undefined,
    generation: undefined,
    value: roundMs(ms),
    ...measure,
  };
}
