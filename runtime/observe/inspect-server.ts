import { connect, type Socket } from 'node:net';
import { within } from '../threads/within.js';
import type { Inspection, InspectionAnswer } from './inspection.js';

/** An inspector that leaves an answer unread for so long counts as gone. */
const READ_WITHIN_MS = 5_000;
/** The end of a supervisor waits so long for the last answer to be taken. */
const LAST_WITHIN_MS = 1_000;

/**
 * Answers an inspector over its socket: whatever arrives is a question, and each answer is one line of JSON. Questions that come while
 * one is being answered get the same answer, so an inspector that asks faster than threads can answer costs no more than a slow one.
 */
export class InspectServer {
  readonly #inspect: () => Promise<Inspection>;
  readonly #socket: Socket;
  #answering: Promise<void> | undefined;
  #isLeaving = false;

  /** Connects to the inspector at `address`. */
  constructor(address: string, inspect: () => Promise<Inspection>) {
    this.#inspect = inspect;
    this.#socket = connect(address)
      .unref()
      // An inspector that has gone is not the host's concern; the socket is destroyed by then.
      .on('error', () => undefined)
      .on('data', () => {
        // Nobody would read it before the answer that still waits; and after the last one it would be taken for that.
        if (this.#socket.writableLength > 0 || this.#isLeaving) return;
        this.#answering ??= this.#answer(false).finally(() => {
          this.#answering = undefined;
        });
      })
      // A write that nobody takes would keep the host alive, unref or not.
      .setTimeout(READ_WITHIN_MS, () => {
        if (this.#socket.writableLength > 0) this.#socket.destroy();
      });
  }

  /** Tells the inspector for the last time what is open, then hangs up. */
  async close(): Promise<void> {
    if (!this.#socket.destroyed) await within(LAST_WITHIN_MS, this.#sayGoodbye());
    this.#socket.destroy();
  }

  async #sayGoodbye(): Promise<void> {
    this.#isLeaving = true;
    await this.#answering;
    await this.#answer(true);
    await new Promise<void>((resolve) => {
      if (this.#socket.destroyed) resolve();
      else this.#socket.once('close', resolve).end();
    });
  }

  async #answer(last: boolean): Promise<void> {
    const answer = await this.#look(last);
    if (this.#socket.writable) this.#socket.write(`${JSON.stringify(answer)}\n`);
  }

  async #look(last: boolean): Promise<InspectionAnswer> {
    try {
      const inspection = await this.#inspect();
      // The kernel shows our own line as well, and it is nobody's finding.
      const unattributed = inspection.unattributed.filter(
        ({ descriptor }) => descriptor !== descriptorOf(this.#socket),
      );
      return { v: 1, pid: process.pid, last, inspection: { ...inspection, unattributed }, error: null };
    } catch (error) {
      return { v: 1, pid: process.pid, last, inspection: null, error: String(error) };
    }
  }
}

function descriptorOf(socket: Socket): number | undefined {
  return (socket as { _handle?: { fd?: number } | null })._handle?.fd;
}
