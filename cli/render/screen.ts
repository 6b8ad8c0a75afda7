import type { Progress } from './progress.js';

/** What a person sees of a run: stderr, with lines and the progress on it. */
export class Screen {
  readonly #stderr: NodeJS.WritableStream;
  #progress: Progress | undefined;

  constructor(stderr: NodeJS.WritableStream) {
    this.#stderr = stderr;
  }

  /** Prints one line. */
  readonly print = (line: string): void => {
    this.#stderr.write(`${line}\n`);
  };

  /** Shows this progress until `endProgress`. */
  showProgress(progress: Progress): void {
    this.#progress = progress;
  }

  /** Takes a progress line out of the way of something else on the same terminal. */
  readonly clear = (): void => {
    this.#progress?.clear();
  };

  endProgress(): void {
    this.#progress?.stop();
    this.#progress = undefined;
  }
}
