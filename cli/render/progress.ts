import type { Paint } from './paint.js';
import { type BarStyle, type Figures, progressLine, progressSentence } from './progress-line.js';

const redrawEveryMs = 100;
const sentenceEveryMs = 10_000;
const eraseLine = '\r\u001b[2K';

/** Tells how a run goes, as long as it goes. */
export interface Progress {
  /** Takes the line away before something else is written to the same terminal; it comes back by itself. */
  clear(): void;
  /** Ends the telling. */
  stop(): void;
}

/** The part of a terminal that a progress line uses. */
export interface TerminalStream {
  columns: number;
  write(chunk: string | Uint8Array, ...rest: unknown[]): boolean;
}

/**
 * A line redrawn in place, ten times a second at most.
 *
 * While it stands, it comes before whatever else is written to the stream. What tasks print reaches stderr through
 * pipes that Node sets up itself between its threads and `process.stderr`, so the stream's own `write` is the only
 * place where all of it passes.
 */
export class ProgressLine implements Progress {
  readonly #stream: TerminalStream;
  readonly #read: () => Figures;
  readonly #bar: BarStyle;
  readonly #paint: Paint;
  readonly #write: TerminalStream['write'];
  readonly #timer: NodeJS.Timeout;
  #shown = '';
  #atLineStart = true;

  constructor(stream: TerminalStream, read: () => Figures, bar: BarStyle, paint: Paint) {
    this.#stream = stream;
    this.#read = read;
    this.#bar = bar;
    this.#paint = paint;
    this.#write = stream.write.bind(stream);
    stream.write = (chunk, ...rest) => {
      this.clear();
      this.#atLineStart = typeof chunk === 'string' ? chunk.endsWith('\n') : chunk.at(-1) === 0x0a;
      return this.#write(chunk, ...rest);
    };
    this.#timer = setInterval(() => this.#draw(), redrawEveryMs).unref();
  }

  clear(): void {
    if (this.#shown === '') return;
    this.#shown = '';
    this.#write(eraseLine);
  }

  stop(): void {
    clearInterval(this.#timer);
    this.clear();
    this.#stream.write = this.#write;
  }

  #draw(): void {
    // Redrawing would erase what a task has begun to print on this line.
    if (!this.#atLineStart) return;
    const line = progressLine(this.#read(), columnsOf(this.#stream), this.#bar, this.#paint);
    if (line === this.#shown) return;
    this.#shown = line;
    this.#write(eraseLine + line);
  }
}

/** The width of a terminal; some, as those of bare containers, say 0 for what they do not know. */
export function columnsOf(stream: Pick<TerminalStream, 'columns'>): number {
  return stream.columns > 0 ? stream.columns : 80;
}

/** A sentence every ten seconds, for a log. */
export class ProgressLog implements Progress {
  readonly #timer: NodeJS.Timeout;

  constructor(print: (line: string) => void, read: () => Figures) {
    this.#timer = setInterval(() => print(progressSentence(read())), sentenceEveryMs).unref();
  }

  clear(): void {
    // A sentence stays where it is.
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}

/** Nothing is told. */
export const noProgress: Progress = { clear: () => undefined, stop: () => undefined };
