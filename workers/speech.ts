import { type LineTaker, PrintedLines } from './printed-lines.js';
import type { LineSink, RingLine } from './protocol/log-ring.js';
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
  readonly #sink: LineSink;
  /** Undefined where no task is named. */
  readonly #speaker: Speaker | undefined;
  readonly #trace: string | undefined;
  #seq = 0;
  #stdout: PrintedLines | undefined;
  #stderr: PrintedLines | undefined;

  constructor(sink: LineSink, speaker: Speaker | undefined) {
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

  /** Takes a line that was printed. */
  line(source: 'stdout' | 'stderr', text: string, isPartial: boolean, isBinary: boolean): void {
    this.#write(source, source === 'stdout' ? 'info' : 'warn', text, undefined, isPartial, isBinary);
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
    this.#sink.write(said);
  }
}
