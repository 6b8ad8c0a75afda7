const FIRST_BYTES = 64 * 1024;

/** Bytes that grow as they are written. Who writes reserves room first, for all that follows. */
export class ByteWriter {
  #bytes = Buffer.allocUnsafeSlow(FIRST_BYTES);
  #view = viewOf(this.#bytes);
  /** How many were written; set back to forget what came last. */
  length = 0;

  /** Makes room for so many more. */
  reserve(bytes: number): void {
    if (this.length + bytes > this.#bytes.length) this.#grow(bytes);
  }

  byte(value: number): void {
    this.#bytes[this.length++] = value;
  }

  uint32(value: number): void {
    this.#view.setUint32(this.length, value, true);
    this.length += 4;
  }

  int32(value: number): void {
    this.#view.setInt32(this.length, value, true);
    this.length += 4;
  }

  double(value: number): void {
    this.#view.setFloat64(this.length, value, true);
    this.length += 8;
  }

  /** Puts a number where room was left for it. */
  byteAt(at: number, value: number): void {
    this.#bytes[at] = value;
  }

  uint32At(at: number, value: number): void {
    this.#view.setUint32(at, value, true);
  }

  /** Text in which each character is a byte. */
  latin1(text: string): void {
    this.length += this.#bytes.write(text, this.length, text.length, 'latin1');
  }

  /** Any text, half surrogate pairs included. */
  utf16(text: string): void {
    this.length += this.#bytes.write(text, this.length, text.length * 2, 'utf16le');
  }

  /** Bytes, with their number before them. */
  blob(bytes: Uint8Array): void {
    this.reserve(4);
    this.uint32(bytes.length);
    this.raw(bytes);
  }

  /** Bytes as they are. */
  raw(bytes: Uint8Array): void {
    this.reserve(bytes.length);
    this.#bytes.set(bytes, this.length);
    this.length += bytes.length;
  }

  /** What was written so far; valid until something more is written. */
  written(): Buffer {
    return this.#bytes.subarray(0, this.length);
  }

  /** Starts anew. What was written keeps its memory where somebody still reads it, and so does nothing that was unusually long. */
  clear(isStillRead: boolean): void {
    this.length = 0;
    if (!isStillRead && this.#bytes.length <= MOST_KEPT_BYTES) return;
    this.#bytes = Buffer.allocUnsafeSlow(FIRST_BYTES);
    this.#view = viewOf(this.#bytes);
  }

  #grow(bytes: number): void {
    const grown = Buffer.allocUnsafeSlow(Math.max(2 * this.#bytes.length, this.length + bytes));
    this.#bytes.copy(grown, 0, 0, this.length);
    this.#bytes = grown;
    this.#view = viewOf(grown);
  }
}

const MOST_KEPT_BYTES = 1024 * 1024;

function viewOf(bytes: Buffer): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}
