import type { FaultKind, SettledEvent } from '../../runtime/index.js';
import { type FaultTerms, faultOf } from '../../workers/protocol/faults.js';
import { type Ending, wrongWith } from './expectations.js';

/** How the tasks of one fault came out. */
export interface FaultRow {
  readonly fault: FaultKind | 'none';
  tasks: number;
  ok: number;
  failed: number;
  timedOut: number;
  lost: number;
  cancelled: number;
  /** Those that came out otherwise than the fault accounts for. */
  wrong: number;
}

/** So many wrong ones are told in full. */
const MOST_TOLD = 20;

/** What a caller got. */
export type Answer =
  | { readonly status: 'fulfilled'; readonly value: unknown }
  | { readonly status: 'rejected'; readonly reason: unknown };

/**
 * Keeps the books from outside: which task got which fault is known from the seed, so how each has to end is known beforehand. Its tasks must
 * be the first of their supervisor, called in order: then the id of the one at index 0 is 1.
 */
export class Tally {
  readonly #faults: FaultTerms;
  readonly #tasks: number;
  /** Times each task settled and its caller was answered, by index. */
  readonly #settled: Uint8Array;
  readonly #answered: Uint8Array;
  /** What settled last, of those whose callers are not answered yet. */
  readonly #endings = new Map<number, Pick<SettledEvent, 'outcome' | 'error' | 'usage'>>();
  readonly #rows = new Map<FaultRow['fault'], FaultRow>();
  readonly #told: string[] = [];
  #others = 0;
  /** Answers so far. */
  answers = 0;

  constructor(faults: FaultTerms, tasks: number) {
    this.#faults = faults;
    this.#tasks = tasks;
    this.#answered = new Uint8Array(tasks);
    this.#settled = new Uint8Array(tasks);
    this.#row('none');
    for (const kind of new Set(faults.kinds)) this.#row(kind);
  }

  /** Takes in what the supervisor tells. */
  settled({ taskId, outcome, error, usage }: SettledEvent): void {
    const index = taskId - 1;
    if (this.#settled[index] === undefined) {
      this.#others++;
      return;
    }
    this.#settled[index]++;
    this.#endings.set(index, { outcome, error, usage });
  }

  /** Takes in what a caller got. */
  answered(index: number, answer: Answer): void {
    const ending = this.#endings.get(index);
    this.#endings.delete(index);
    this.answers++;
    this.#answered[index] = (this.#answered[index] ?? 0) + 1;
    const fault = faultOf(this.#faults, index + 1, 1);
    const row = this.#row(fault ?? 'none');
    row.tasks++;
    if (ending !== undefined) row[ending.outcome === 'timed-out' ? 'timedOut' : ending.outcome]++;
    const wrong = ending === undefined ? 'its caller was answered, and nobody told' : disagreement(ending, answer);
    const value = answer.status === 'fulfilled' ? answer.value : undefined;
    this.#judge(row, index, wrong ?? (ending && wrongWith({ ...ending, index, value }, fault)));
  }

  /** How it came out, fault by fault; that without one first. */
  rows(): FaultRow[] {
    return [...this.#rows.values()];
  }

  /** What is wrong, in words. */
  wrongs(): string[] {
    const wrongs = [...this.#told];
    const hidden = this.rows().reduce((sum, row) => sum + row.wrong, 0) - this.#told.length;
    if (hidden > 0) wrongs.push(`${String(hidden)} more tasks came out wrong`);
    const count = (times: Uint8Array, isMeant: (time: number) => boolean): number => times.filter(isMeant).length;
    const say = (number: number, what: string): void => {
      if (number > 0) wrongs.push(`${String(number)} of ${String(this.#tasks)} tasks ${what}`);
    };
    say(
      count(this.#settled, (times) => times === 0),
      'never settled',
    );
    say(
      count(this.#settled, (times) => times > 1),
      'settled more than once',
    );
    say(
      count(this.#answered, (times) => times === 0),
      'were never answered',
    );
    say(
      count(this.#answered, (times) => times > 1),
      'were answered more than once',
    );
    say(this.#others, 'settled that nobody had submitted');
    return wrongs;
  }

  #row(fault: FaultRow['fault']): FaultRow {
    let row = this.#rows.get(fault);
    if (row === undefined) {
      row = { fault, tasks: 0, ok: 0, failed: 0, timedOut: 0, lost: 0, cancelled: 0, wrong: 0 };
      this.#rows.set(fault, row);
    }
    return row;
  }

  #judge(row: FaultRow, index: number, wrong: string | undefined): void {
    if (wrong === undefined) return;
    row.wrong++;
    if (this.#told.length < MOST_TOLD) this.#told.push(`task ${String(index + 1)}, fault ${row.fault}: ${wrong}`);
  }
}

function disagreement({ outcome, error }: Pick<Ending, 'outcome' | 'error'>, answer: Answer): string | undefined {
  if ((outcome === 'ok') !== (answer.status === 'fulfilled'))
    return `${outcome} was told, its caller was ${answer.status}`;
  return answer.status === 'fulfilled' || Object.is(error, answer.reason)
    ? undefined
    : `its caller got ${String(answer.reason)}, what was told is ${String(error)}`;
}
