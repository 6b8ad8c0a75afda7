import type { Readable, Writable } from 'node:stream';

/** So much of what a host printed last is kept, bytes. */
const KEPT_BYTES = 4096;

/** What a host prints, that of native code included: passed on to this process's own outputs as they are, and its end kept as evidence. */
export class HostOutput {
  #last = Buffer.alloc(0);
  readonly #ends: (() => void)[] = [];

  /** Passes on what comes from a pipe; where to is asked with the first of it. A reader who is slow makes the host wait. */
  forward(pipe: Readable, target: () => Writable): void {
    const resume = (): void => {
      pipe.resume();
    };
    let waitsFor: Writable | undefined;
    pipe.on('data', (chunk: Buffer) => {
      this.#keep(chunk);
      const out = target();
      if (out.write(chunk)) return;
      pipe.pause();
      waitsFor = out;
      out.once('drain', resume);
    });
    // Its end follows.
    pipe.on('error', () => undefined);
    this.#ends.push(() => {
      waitsFor?.off('drain', resume);
      pipe.destroy();
    });
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
    for (const end of this.#ends.splice(0)) end();
  }

  #keep(chunk: Buffer): void {
    const tail = chunk.subarray(-KEPT_BYTES);
    this.#last = Buffer.concat([this.#last.subarray(-(KEPT_BYTES - tail.length) || this.#last.length), tail]);
  }
}
