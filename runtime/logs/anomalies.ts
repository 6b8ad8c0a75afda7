import { Baseline } from './baseline.js';
import { type EndedTask, roundMs } from './ended-task.js';

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

/** An occurrence that is told. */
export interface Finding extends Occurrence {
  /** How many of its type and of the same were not, since the one before. */
  readonly untold: number;
}

/** One of a type about the same is told in so long. */
export const QUIET_MS = 600_000;

interface Told {
  at: number;
  untold: number;
}

interface Usual {
  readonly run: Baseline;
  readonly wait: Baseline;
}

const NOTHING: readonly Finding[] = [];

/**
 * Finds tasks far outside the history of their name, and keeps what is told of anomalies of all types to one per {@link QUIET_MS} each;
 * the others are counted and told with the next. What it remembers is per name of a task, dependency, rule or sink, of which a program has
 * as many as its code says.
 */
export class Anomalies {
  readonly #usual = new Map<string, Usual>();
  readonly #told = new Map<string, Told>();

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
    if (ranLong !== false) this.#tell(findings, occurrenceAt(ended, 'duration', usage.runMs, ranLong));
    if (waitedLong !== false) this.#tell(findings, occurrenceAt(ended, 'wait', usage.waitMs, waitedLong));
    return findings;
  }

  /** Something else has happened; undefined when one like it was told a short while ago. */
  report(occurrence: Occurrence): Finding | undefined {
    const { type, about, at } = occurrence;
    const key = `${type} ${about}`;
    const told = this.#told.get(key);
    // A clock that was set back must not silence anything for longer than it went back.
    if (told !== undefined && at >= told.at && at - told.at < QUIET_MS) {
      told.untold++;
      return undefined;
    }
    this.#told.set(key, { at, untold: 0 });
    return { ...occurrence, untold: told?.untold ?? 0 };
  }

  /** How many were counted and have not been told by another: for who closes the books. */
  get untold(): number {
    let count = 0;
    for (const told of this.#told.values()) count += told.untold;
    return count;
  }

  #tell(findings: Finding[], occurrence: Occurrence): void {
    const finding = this.report(occurrence);
    if (finding !== undefined) findings.push(finding);
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
