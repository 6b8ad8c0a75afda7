import type { OpenLines } from './open-lines.js';
import type { OpenPlace } from './open-place.js';
import { type LineTaker, PrintedLines } from './printed-lines.js';
import { type LineSink, Pending, type RingLine } from './protocol/log-ring.js';
import type { LogLevel } from './protocol/messages.js';
import type { TraceContext } from './protocol/task-options.js';

/** Whose lines they are; an attempt is one. */
export interface Speaker {
  readonly id: number;
  readonly attempt: number;
  readonly handler: { readonly task: number };
  readonly state: string;
  /** Its caller's trace. */
  readonly trace?: TraceContext | undefined;
  /** What it has said; undefined while it has said nothing. */
  speech?: Speech | undefined;
}

/** Takes the lines of a thread, and those that have no newline yet, if it has places for them. */
export interface SpeechSink extends LineSink {
  readonly open?: OpenLines | undefined;
}

/** The machine's own clock, whatever tests of a task make of `Date`. */
const { now } = Date;

/** The line that is written now: an object for each would have the thread's memory collected twice as often. */
const said: { -readonly [Key in keyof RingLine]: RingLine[Key] } = {
  at: 0,
  source: 'log',
  level: 'info',
  text: '',
  fields: undefined,
  taskId: undefined,
  attempt: 0,
  handler: 0,
  seq: 0,
  isPartial: false,
  isBinary: false,
  isLate: false,
  trace: undefined,
};

/** Everything one attempt prints and logs, or code that is nobody's: gives each line its place among them. */
export class Speech implements LineTaker {
  readonly #sink: SpeechSink;
  /** Undefined where no task is named. */
  readonly #speaker: Speaker | undefined;
  readonly #trace: string | undefined;
  #seq = 0;
  #stdout: PrintedLines | undefined;
  #stderr: PrintedLines | undefined;
  /** Where its lines lie that have no newline yet; undefined while it has none. */
  #places: readonly OpenPlace[] | undefined;

  constructor(sink: SpeechSink, speaker: Speaker | undefined) {
    this.#sink = sink;
    this.#speaker = speaker;
    const trace = speaker?.trace;
    this.#trace = trace === undefined ? undefined : `${trace.traceId}-${trace.spanId}`;
  }

  /** What it prints on an output. */
  printed(source: 'stdout' | 'stderr'): PrintedLines {
    if (source === 'stdout') return (this.#stdout ??= new PrintedLines(this, source));
    return (this.#stderr ??= new PrintedLines(this, source));
  }

  /** Whether it is an attempt's that has ended. */
  get isLate(): boolean {
    return this.#speaker?.state === 'ended';
  }

  /** What it holds of an output is laid where it outlives the thread. */
  keep(source: 'stdout' | 'stderr'): void {
    const { open } = this.#sink;
    if (open === undefined) return;
    const printed = this.printed(source);
    const place = open.keep(printed, this.#openLine(source, printed.isBinary));
    if (this.#places?.includes(place) !== true) this.#places = [...(this.#places ?? []), place];
  }

  /** Takes a line that was printed. */
  line(source: 'stdout' | 'stderr', text: string, isPartial: boolean, isBinary: boolean): void {
    this.#write(source, levelOf(source), text, undefined, isPartial, isBinary);
  }

  /** Takes a line that was logged. */
  log(level: LogLevel, text: string, fields: string | undefined): void {
    this.#write('log', level, text, fields, false, false);
  }

  /** No newline will come any more. */
  end(): void {
    this.#stdout?.end();
    this.#stderr?.end();
  }

  /** What is to be said of a line that is open, beside its text. */
  #openLine(source: 'stdout' | 'stderr', isBinary: boolean): RingLine {
    const { id: taskId, attempt = 0, handler } = this.#speaker ?? {};
    const whose = { taskId, attempt, handler: handler?.task ?? 0, seq: this.#seq, trace: this.#trace };
    const level = levelOf(source);
    return {
      at: now(),
      source,
      level,
      text: '',
      fields: undefined,
      ...whose,
      isPartial: true,
      isBinary,
      isLate: false,
    };
  }

  #write(
    source: 'stdout' | 'stderr' | 'log',
    level: LogLevel,
    text: string,
    fields: string | undefined,
    isPartial: boolean,
    isBinary: boolean,
  ): void {
    const speaker = this.#speaker;
    said.at = now();
    said.source = source;
    said.level = level;
    said.text = text;
    said.fields = fields;
    said.taskId = speaker?.id;
    said.attempt = speaker === undefined ? 0 : speaker.attempt;
    said.handler = speaker === undefined ? 0 : speaker.handler.task;
    said.seq = this.#seq++;
    said.isPartial = isPartial;
    said.isBinary = isBinary;
    said.isLate = this.isLate;
    said.trace = this.#trace;
    if (this.#places === undefined) this.#sink.write(said);
    else this.#writeBeside(this.#places, source);
  }

  /** A line that is complete while others are open, or is one of these. */
  #writeBeside(places: readonly OpenPlace[], source: 'stdout' | 'stderr' | 'log'): void {
    const base = this.#sink.open?.base ?? 0;
    const ended = source === 'log' ? undefined : this.printed(source);
    // Others may have needed the place of one.
    const own = places.filter(({ owner }) => owner !== undefined && (owner === this.#stdout || owner === this.#stderr));
    for (const place of own) place.brace(place.owner === ended ? Pending.ends : Pending.moves, base);
    this.#sink.write(said);
    const left = own.filter(({ owner }) => owner !== ended);
    for (const place of own) {
      if (place.owner === ended) place.free();
      else place.moved(this.#seq);
    }
    this.#places = left.length === 0 ? undefined : left;
  }
}

function levelOf(source: 'stdout' | 'stderr'): LogLevel {
  return source === 'stdout' ? 'info' : 'warn';
}
