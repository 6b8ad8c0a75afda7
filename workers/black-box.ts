import { writeSync } from 'node:fs';
import type { Attempt } from './attempt.js';
import { areaBytes, type BlackBoxTerms, BoxPart, MOST_AHEAD, markOf, NUMBER_BYTES } from './protocol/black-box.js';

/** Node's own, whatever replaces it later. */
const write = writeSync;

/**
 * The thread's end of the black box: marks what is about to start, before it starts. A write costs a microsecond or two, as much as a short
 * attempt, so those are marked many at a time.
 */
export class BlackBox {
  readonly #terms: BlackBoxTerms;
  /** Where the slot's area begins, in bytes. */
  readonly #area: number;
  readonly #cpu = new Float64Array(BoxPart.io);
  readonly #io = new Float64Array(1);
  readonly #cpuBytes = new Uint8Array(this.#cpu.buffer);
  readonly #ioBytes = new Uint8Array(this.#io.buffer);
  /** Attempts next in the queue that are marked already. */
  #marked = 0;

  constructor(terms: BlackBoxTerms, slot: number, entries: number) {
    this.#terms = terms;
    this.#area = slot * areaBytes(entries);
  }

  /** A cpu attempt is next, and behind it those of `queue` from `head` on, in this order. */
  nextCpu(attempt: Attempt, queue: readonly Attempt[], head: number): void {
    if (this.#marked > 0) {
      this.#marked--;
      return;
    }
    const marks = this.#cpu;
    const most = attempt.handler.slow ? 1 : Math.min(this.#terms.ahead, MOST_AHEAD);
    let count = 0;
    for (
      let next: Attempt | undefined = attempt;
      next !== undefined && count < most && (count === 0 || !next.handler.slow);
      next = queue[head + count - 1]
    ) {
      marks[BoxPart.cpu + count++] = markOf(next.id, next.attempt);
    }
    marks[BoxPart.count] = count;
    this.#marked = count - 1;
    write(this.#terms.fd, this.#cpuBytes, 0, (BoxPart.cpu + count) * NUMBER_BYTES, this.#area);
  }

  /** An io attempt is next. */
  nextIo({ id, attempt, entry }: Attempt): void {
    this.#io[0] = markOf(id, attempt);
    write(this.#terms.fd, this.#ioBytes, 0, NUMBER_BYTES, this.#area + (BoxPart.io + entry) * NUMBER_BYTES);
  }
}
