import { randomUUID } from 'node:crypto';
import { closeSync, fstatSync, openSync, readSync, unlinkSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { areaBytes, BoxPart, NUMBER_BYTES } from '../../workers/protocol/black-box.js';
import { ownDescriptors } from '../ledger/own-descriptors.js';

/** How much is written at a time when the file is made. */
const CHUNK_BYTES = 64 * 1024;

/** The supervisor's end of a black box: makes the file, and reads it once the process is gone that had it. */
export class BlackBox {
  readonly fd: number;
  readonly #entries: number;
  #isOpen = true;

  /**
   * @throws what the file system throws. The file is written once in full, so that a disk without room is found now; later it would be while
   * something starts
   */
  constructor(slots: number, entries: number) {
    this.#entries = entries;
    const path = join(tmpdir(), `plustwo-${process.pid}-${randomUUID()}`);
    this.fd = openSync(path, 'wx+', 0o600);
    ownDescriptors.add(this.fd);
    try {
      // Its name is not needed: the child process gets it open, and so nothing is left behind whatever ends whom.
      unlinkSync(path);
      fill(this.fd, slots * areaBytes(entries));
    } catch (error) {
      this.close();
      throw error;
    }
  }

  /** Marks of all attempts that were about to start or had; those of attempts that have ended since are among them. */
  marks(): Set<number> {
    const bytes = Buffer.alloc(fstatSync(this.fd).size);
    for (let at = 0; at < bytes.length; ) {
      const read = readSync(this.fd, bytes, at, bytes.length - at, at);
      if (read === 0) break;
      at += read;
    }
    const numbers = new Float64Array(bytes.buffer, bytes.byteOffset, bytes.length / NUMBER_BYTES);
    const perSlot = areaBytes(this.#entries) / NUMBER_BYTES;
    const marks = new Set<number>();
    for (let area = 0; area < numbers.length; area += perSlot) {
      const count = numbers[area + BoxPart.count] ?? 0;
      for (const mark of numbers.subarray(area + BoxPart.cpu, area + BoxPart.cpu + count)) marks.add(mark);
      for (const mark of numbers.subarray(area + BoxPart.io, area + perSlot)) marks.add(mark);
    }
    marks.delete(0);
    return marks;
  }

  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    ownDescriptors.delete(this.fd);
    closeSync(this.fd);
  }
}

function fill(fd: number, bytes: number): void {
  const zeros = Buffer.alloc(Math.min(bytes, CHUNK_BYTES));
  for (let at = 0; at < bytes; ) at += writeSync(fd, zeros, 0, Math.min(zeros.length, bytes - at), at);
}
