import type { Writable } from 'node:stream';

const pieceLength = 64 * 1024;

/** The reader of the results went away, or they cannot be written. */
export class OutputError extends Error {
  override readonly name = 'OutputError';
  /** Whether the reader went away by itself, as `head` does: no fault, nothing to report. */
  readonly readerGone: boolean;

  constructor(cause: NodeJS.ErrnoException) {
    super(`cannot write the results: ${cause.message}`, { cause });
    this.readerGone = cause.code === 'EPIPE';
  }
}

/** What an output tells others. */
export interface OutputRim {
  /** The stream broke, which may be long before the next write finds out. */
  onFailure: () => void;
  /** Something is about to be written. */
  beforeWrite: () => void;
}

/**
 * Where results go. Texts are gathered for the rest of the event loop's turn or up to 64 KB, so that a million small
 * results are not a million writes. `write` answers with a promise while the stream holds more than it wants to;
 * whoever waits for that runs no faster than the reader of the stream.
 */
export class Output {
  readonly #stream: Writable;
  readonly #onFailure: () => void;
  readonly #beforeWrite: () => void;
  #gathered = '';
  #turn: NodeJS.Immediate | undefined;
  #unwritten = 0;
  #room: Wait | undefined;
  #written: Wait | undefined;
  #failure: OutputError | undefined;

  constructor(stream: Writable, { onFailure, beforeWrite }: OutputRim) {
    this.#stream = stream;
    this.#onFailure = onFailure;
    this.#beforeWrite = beforeWrite;
    stream.on('error', (error) => this.#fail(error));
    stream.on('drain', () => this.#makeRoom());
  }

  /** Takes a text. The next one has to wait for the promise, if there is one. Throws once the stream is broken. */
  write(text: string): Promise<void> | undefined {
    if (this.#failure) throw this.#failure;
    if (this.#gathered.length + text.length > pieceLength) this.#flush();
    this.#gathered += text;
    this.#turn ??= setImmediate(() => this.#flush());
    return this.#room?.promise;
  }

  /** Resolves when the operating system has everything; rejects with the `OutputError` if it never will. */
  async end(): Promise<void> {
    this.#flush();
    if (this.#unwritten > 0 && !this.#failure) {
      this.#written = newWait();
      await this.#written.promise;
    }
    if (this.#failure) throw this.#failure;
  }

  #flush(): void {
    clearImmediate(this.#turn);
    this.#turn = undefined;
    if (this.#gathered === '' || this.#failure) return;
    const text = this.#gathered;
    this.#gathered = '';
    this.#unwritten++;
    this.#beforeWrite();
    const hasRoom = this.#stream.write(text, (error) => {
      if (error) this.#fail(error);
      else this.#countWritten();
    });
    if (!hasRoom) this.#room ??= newWait();
  }

  #countWritten(): void {
    this.#unwritten--;
    if (this.#unwritten === 0) this.#written?.end();
  }

  #makeRoom(): void {
    this.#room?.end();
    this.#room = undefined;
  }

  #fail(cause: NodeJS.ErrnoException): void {
    if (this.#failure) return;
    this.#failure = new OutputError(cause);
    this.#makeRoom();
    this.#written?.end();
    this.#onFailure();
  }
}

interface Wait {
  promise: Promise<void>;
  end: () => void;
}

function newWait(): Wait {
  let end!: () => void;
  const promise = new Promise<void>((resolve) => {
    end = resolve;
  });
  return { promise, end };
}
