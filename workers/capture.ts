import { isUint8Array } from 'node:util/types';
import { shortenConsole, type TakeLine } from './console-lines.js';
import { currentAttempt } from './current.js';
import type { LogLevel } from './protocol/messages.js';
import { type Speaker, Speech, type SpeechSink } from './speech.js';

type Chunk = string | Uint8Array;
type Output = 'stdout' | 'stderr';

/** What of a stream is replaced; `Writable` has its methods on the prototype. */
type Outputs = Readonly<Record<Output, NodeJS.WritableStream & { readonly writableEnded: boolean }>>;

/**
 * Makes lines of what the thread's code prints and logs, each with the attempt it belongs to. What an attempt prints after its end is still
 * its own.
 *
 * A line that has no newline yet is held, until the newline comes or its attempt ends; and is kept beside, in case the thread ends before that.
 */
export class Capture {
  readonly #sink: SpeechSink;
  /** What is printed by code that is no attempt's: modules that load, timers of nobody's. */
  readonly #nobody: Speech;
  /** Who may hold unfinished lines: attempts that have printed and run. */
  readonly #open = new Set<Speech>();
  /** Whether anything is held at all. At the thread's very end nothing is. */
  #holds = true;

  constructor(sink: SpeechSink) {
    this.#sink = sink;
    this.#nobody = new Speech(sink, undefined);
    this.#open.add(this.#nobody);
  }

  /**
   * Takes over what is written to a thread's outputs; `console` writes there as well.
   *
   * `isInspected`: a debugger shows what goes through Node's `console`, so that is left as it is.
   */
  install(outputs: Outputs, isInspected = false): void {
    for (const name of ['stdout', 'stderr'] as const) this.#takeOver(outputs[name], name);
    if (!isInspected) shortenConsole(outputs, this.#takeLine);
    // Who listens after us may still print.
    process.on('exit', () => {
      this.flush();
      this.#holds = false;
    });
  }

  /** Takes what an attempt logs. */
  log(speaker: Speaker, level: LogLevel, text: string, fields: string | undefined): void {
    this.#speechOf(speaker).log(level, text, fields);
  }

  /** An attempt is about to end: what it has printed without a newline is a line. */
  endOf(speaker: Speaker): void {
    const { speech } = speaker;
    if (speech === undefined) return;
    this.#open.delete(speech);
    speech.end();
  }

  /** Writes all lines that have no newline yet. */
  flush(): void {
    for (const speech of this.#open) speech.end();
  }

  /** Takes what was printed. */
  print(output: Output, chunk: Chunk): void {
    const speech = this.#current();
    const printed = speech.printed(output);
    if (typeof chunk === 'string') printed.text(chunk);
    else printed.bytes(chunk);
    if (!printed.isHolding) return;
    // Nobody would be told when an ended attempt is through with its line.
    if (speech.isLate || !this.#holds) speech.end();
    else {
      this.#open.add(speech);
      speech.keep(output);
    }
  }

  readonly #takeLine: TakeLine = (output, line) => {
    this.#current().printed(output).whole(line);
  };

  #current(): Speech {
    const speaker = currentAttempt() as Speaker | undefined;
    return speaker === undefined ? this.#nobody : this.#speechOf(speaker);
  }

  #speechOf(speaker: Speaker): Speech {
    return (speaker.speech ??= new Speech(this.#sink, speaker));
  }

  #takeOver(stream: Outputs[Output], name: Output): void {
    const write = stream.write.bind(stream) as (...args: unknown[]) => boolean;
    const end = stream.end.bind(stream) as (...args: unknown[]) => unknown;
    // What `console` has called after each write. It has nothing to do where none fails, and the call would cost as much as the line.
    const handler = `_${name}ErrorHandler`;
    const own = console as unknown as Record<string, unknown>;
    stream.write = (given: unknown, encodingOrDone?: unknown, last?: unknown): boolean => {
      const done = typeof encodingOrDone === 'function' ? encodingOrDone : last;
      const chunk = chunkOf(given, typeof encodingOrDone === 'string' ? encodingOrDone : undefined);
      // What is no chunk is refused by who knows how; and who waits for nothing waits for what was printed before all this.
      if (chunk === undefined || (chunk.length === 0 && !stream.writableEnded))
        return write(given, encodingOrDone, last);
      this.print(name, chunk);
      if (typeof done === 'function' && done !== own[handler]) process.nextTick(done, null);
      return true;
    };
    // Whoever waits for its end shall have it, but it ends for nobody else: it is the whole thread's.
    stream.end = ((given?: unknown, encoding?: unknown, done?: unknown): unknown => {
      if (typeof given === 'function') return end(given);
      if (given !== undefined && given !== null) stream.write(given as string, encoding as BufferEncoding);
      return end(typeof encoding === 'function' ? encoding : done);
    }) as typeof stream.end;
  }
}

/** What was given to be written; undefined where it is nothing of the kind. */
function chunkOf(given: unknown, encoding: string | undefined): Chunk | undefined {
  if (typeof given === 'string') {
    if (encoding === undefined || encoding === 'utf8' || encoding === 'utf-8') return given;
    return Buffer.isEncoding(encoding) ? Buffer.from(given, encoding) : undefined;
  }
  return isUint8Array(given) ? given : undefined;
}
