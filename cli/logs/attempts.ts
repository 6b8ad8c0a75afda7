import { type LogRecord, numberOf, textOf } from './record.js';
import { type Attempt, beginOf, type Note, type StoryLine, type Thrown } from './story.js';

/** What the logs have of the attempts of one task, in any order. */
export interface AttemptRecords {
  readonly lines: LogRecord[];
  /** How attempts ended. */
  readonly ends: LogRecord[];
  /** What else the supervisor says. */
  readonly notes: LogRecord[];
}

/** Puts attempts together, each run of one for itself, in their order. */
export function attemptsOf({ lines, ends, notes }: AttemptRecords): Attempt[] {
  const attempts: Attempt[] = [];
  for (const run of runsOf(lines)) {
    const attempt = addAttempt(attempts, attemptNumber(run[0]?.record));
    for (const { record, seq } of run) {
      noteThread(attempt, record);
      attempt.lines.push(lineOf(record, seq));
    }
  }
  for (const end of ends.toSorted(byTime)) tellEnd(attempts, end);
  const notePlaces = new NotePlaces(attempts, mostAttempts(ends));
  for (const note of notes.toSorted(byTime)) notePlaces.place(note);
  return attempts;
}

/** What the supervisor says, when. */
export function noteOf(record: LogRecord): Note {
  return { at: record.at, text: textOf(record, 'body') ?? textOf(record, 'event_name') ?? '' };
}

/** What was thrown, if a record tells of it. */
export function thrownOf(record: LogRecord): Thrown | undefined {
  const thrown = {
    type: textOf(record, 'exception.type'),
    message: textOf(record, 'exception.message'),
    stack: textOf(record, 'exception.stacktrace'),
  };
  return thrown.type === undefined && thrown.message === undefined && thrown.stack === undefined ? undefined : thrown;
}

interface Numbered {
  readonly record: LogRecord;
  readonly seq: number;
}

/** The lines of each run, in their order; the runs by when they began. */
function runsOf(lines: readonly LogRecord[]): Numbered[][] {
  const threads = new Map<string, LogRecord[]>();
  for (const record of lines) {
    const { 'thread.slot': slot, 'thread.generation': generation } = record.fields;
    const thread = JSON.stringify([attemptNumber(record), slot, generation]);
    const known = threads.get(thread);
    if (known) known.push(record);
    else threads.set(thread, [record]);
  }
  return [...threads.values()]
    .flatMap((records) => runsOfThread(records).map((run) => ({ run, begin: earliest(run) })))
    .sort((a, b) => a.begin - b.begin)
    .map(({ run }) => run);
}

function earliest(run: readonly Numbered[]): number {
  return run.reduce((least, { record }) => Math.min(least, record.at), Infinity);
}

/**
 * A thread may run an attempt a second time, as after it waited for a circuit; the numbers of its lines begin anew then. That they fall is
 * not enough to know, because a clock that is set back does that to their order as well: some have to be there twice.
 */
function runsOfThread(records: readonly LogRecord[]): Numbered[][] {
  const lines = records
    .map((record, place) => ({ record, seq: numberOf(record, 'log.seq') ?? place }))
    .sort((a, b) => a.record.at - b.record.at || a.seq - b.seq);
  const runs: { lines: Numbered[]; numbers: Set<number> }[] = [];
  for (const part of risingParts(lines)) {
    const run = runs.at(-1);
    if (run === undefined || part.some(({ seq }) => run.numbers.has(seq))) {
      runs.push({ lines: part, numbers: new Set(part.map(({ seq }) => seq)) });
      continue;
    }
    for (const line of part) {
      run.lines.push(line);
      run.numbers.add(line.seq);
    }
  }
  return runs.map((run) => run.lines.sort((a, b) => a.seq - b.seq));
}

function risingParts(lines: readonly Numbered[]): Numbered[][] {
  const parts: Numbered[][] = [];
  let before: Numbered | undefined;
  for (const line of lines) {
    const isSame = before?.seq === line.seq && before.record.at === line.record.at;
    const part = before !== undefined && (line.seq > before.seq || isSame) ? parts.at(-1) : undefined;
    if (part) part.push(line);
    else parts.push([line]);
    before = line;
  }
  return parts;
}

function tellEnd(attempts: Attempt[], record: LogRecord): void {
  const number = attemptNumber(record);
  // It never started.
  if (number === 0) return;
  const last = attempts.findLast((attempt) => attempt.number === number);
  // The last run may have said nothing, and ended elsewhere than the one before.
  const attempt = last !== undefined && mayBeOn(last, record) ? last : addAttempt(attempts, number);
  noteThread(attempt, record);
  attempt.ended = noteOf(record);
  attempt.runMs = numberOf(record, 'task.run_ms');
  attempt.waitMs = numberOf(record, 'task.wait_ms');
  attempt.thrown = thrownOf(record);
}

/** How many attempts there can have been. */
function mostAttempts(ends: readonly LogRecord[]): number {
  return ends.reduce((most, end) => Math.min(most, numberOf(end, 'task.attempts') ?? Infinity), Infinity);
}

/** Finds the run that something was said of. Notes come in the order of their times. */
class NotePlaces {
  readonly #attempts: Attempt[];
  readonly #most: number;
  /** A run is lost with its thread once; what is lost after that is another one. */
  readonly #lost = new Set<Attempt>();

  constructor(attempts: Attempt[], most: number) {
    this.#attempts = attempts;
    this.#most = most;
  }

  place(record: LogRecord): void {
    const number = numberOf(record, 'task.attempt');
    const attempt = number === undefined ? this.#byThread(record) : this.#byNumber(record, number);
    noteThread(attempt, record);
    attempt.notes.push(noteOf(record));
    if (isLoss(record)) this.#lost.add(attempt);
  }

  #byNumber(record: LogRecord, number: number): Attempt {
    const runs = this.#attempts.filter((attempt) => attempt.number === number);
    return (
      runs.find((run) => isOn(run, record)) ?? begunBy(runs, record) ?? runs[0] ?? addAttempt(this.#attempts, number)
    );
  }

  #byThread(record: LogRecord): Attempt {
    const runs = this.#attempts.filter((attempt) => isOn(attempt, record));
    return begunBy(runs, record) ?? runs[0] ?? this.#byTime(record);
  }

  #byTime(record: LogRecord): Attempt {
    const begun = begunBy(this.#attempts, record);
    if (!isLoss(record)) return begun ?? this.#attempts[0] ?? addAttempt(this.#attempts, 1);
    const isOpen = begun && !this.#lost.has(begun) && (begun.ended?.at ?? Infinity) >= record.at;
    if (!isOpen) return this.#afterwards(begun);
    return mayBeOn(begun, record) ? begun : addAttempt(this.#attempts, begun.number);
  }

  /** The attempt after this one, or the first. */
  #afterwards(before: Attempt | undefined): Attempt {
    const number = (before?.number ?? 0) + 1;
    if (before && number > this.#most) return before;
    return this.#attempts.find((attempt) => attempt.number === number) ?? addAttempt(this.#attempts, number);
  }
}

function begunBy(attempts: readonly Attempt[], { at }: LogRecord): Attempt | undefined {
  return attempts.findLast((attempt) => (beginOf(attempt) ?? Infinity) <= at);
}

function isLoss(record: LogRecord): boolean {
  return textOf(record, 'event_name') === 'thread.restarted';
}

function isOn({ slot, generation }: Attempt, record: LogRecord): boolean {
  return (
    slot !== undefined && slot === record.fields['thread.slot'] && generation === record.fields['thread.generation']
  );
}

/** Whether nothing says that it was another thread. */
function mayBeOn({ slot, generation }: Attempt, record: LogRecord): boolean {
  const { 'thread.slot': otherSlot = slot, 'thread.generation': otherGeneration = generation } = record.fields;
  return (slot ?? otherSlot) === otherSlot && (generation ?? otherGeneration) === otherGeneration;
}

function noteThread(attempt: Attempt, record: LogRecord): void {
  attempt.slot ??= numberOf(record, 'thread.slot');
  attempt.generation ??= numberOf(record, 'thread.generation');
}

function attemptNumber(record: LogRecord | undefined): number {
  return (record && (numberOf(record, 'task.attempt') ?? numberOf(record, 'task.attempts'))) ?? 1;
}

/** A further run, behind those of its number. */
function addAttempt(attempts: Attempt[], number: number): Attempt {
  const attempt: Attempt = {
    number,
    slot: undefined,
    generation: undefined,
    lines: [],
    notes: [],
    ended: undefined,
    runMs: undefined,
    waitMs: undefined,
    thrown: undefined,
  };
  attempts.splice(attempts.findLastIndex((one) => one.number <= number) + 1, 0, attempt);
  return attempt;
}

function lineOf(record: LogRecord, seq: number): StoryLine {
  const stream = textOf(record, 'log.iostream');
  const { attributes } = record.fields;
  return {
    at: record.at,
    seq,
    source: stream === 'stdout' ? 'out' : stream === 'stderr' ? 'err' : 'log',
    level: (textOf(record, 'severity_text') ?? '').toLowerCase(),
    text: textOf(record, 'body') ?? '',
    attributes: typeof attributes === 'object' && attributes !== null ? attributes : undefined,
    isPartial: record.fields['log.partial'] === true,
    isBinary: record.fields['log.binary'] === true,
  };
}

function byTime(a: LogRecord, b: LogRecord): number {
  return a.at - b.at || (a.line < b.line ? -1 : 1);
}
