import type { Readable, Writable } from 'node:stream';

/** So much of what a host printed last is kept, bytes. */
const KEPT_BYTES = 4096;

/** What a host prints, that of native code included: passed on to this process's own outputs as they are, and its end kept as evidence. */
export class HostOutput {
  #last = Buffer.alloc(0);
  readonly #pipes: { readonly resume: () => void; readonly end: () => void }[] = [];
  #waits = true;

  /** Passes on what comes from a pipe; where to is asked with the first of it. A reader who is slow makes the host wait. */
  forward(pipe: Readable, target: () => Writable): void {
    let waitsFor: Writable | undefined;
    const letGo = (): void => {
      waitsFor?.off('drain', resume).off('close', resume);
      waitsFor = undefined;
    };
    const resume = (): void => {
      letGo();
      pipe.resume();
    };
    pipe.on('data', (chunk: Buffer) => {
      this.#keep(chunk);
      const out = target();
      // Where nobody reads any more nothing is ever drained, and the host would wait for ever.
      if (!out.writable || out.write(chunk) || !this.#waits) return;
      pipe.pause();
      waitsFor = out;
      out.once('drain', resume).once('close', resume);
    });
    // Its end follows.
    pipe.on('error', () => undefined);
    const end = (): void => {
      letGo();
      pipe.destroy();
    };
    this.#pipes.push({ resume, end });
  }

  /**
   * Waits for no reader any more: the host is gone, and what it has left in its pipes, no more than these can hold, is read at once. Who is
   * slow gets it all the same, and the end of it is evidence.
   */
  finish(): void {
    this.#waits = false;
    for (const { resume } of this.#pipes) resume();
  }

  /** The last of what was printed, on whichever output, as text. */
  get last(): string {
    let start = 0;
    // It may begin in the middle of a character.
    while (start < 3 && ((this.#last[start] ?? 0) & 0xc0) === 0x80) start++;
    return this.#last.toString('utf8', start);
  }

  /** Passes nothing on any more. */
  close(): void {
    for (const { end } of this.#pipes.splice(0)) end();
  }

  #keep(chunk: Buffer): void {
    const tail = chunk.subarray(-KEPT_BYTES);
    this.#last = Buffer.concat([this.#last.subarray(-(KEPT_BYTES - tail.length) || this.#last.length), tail]);
  }
}
