/** Reads what a ByteWriter wrote, in the same order. */
export class ByteReader {
  readonly #bytes: Buffer;
  readonly #view: DataView;
  #at: number;
  readonly #end: number;

  /** Of `bytes`, those from `start` to `end`. */
  constructor(bytes: Buffer, start = 0, end = bytes.length) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    this.#at = start;
    this.#end = end;
  }

  /** Whether nothing is left. */
  get isAtEnd(): boolean {
    return this.#at >= this.#end;
  }

  byte(): number {
    return this.#bytes[this.#at++] ?? 0;
  }

  uint32(): number {
    const value = this.#view.getUint32(this.#at, true);
    this.#at += 4;
    return value;
  }

  int32(): number {
    const value = this.#view.getInt32(this.#at, true);
    this.#at += 4;
    return value;
  }

  double(): number {
    const value = this.#view.getFloat64(this.#at, true);
    this.#at += 8;
    return value;
  }

  latin1(bytes: number): string {
    return this.#bytes.toString('latin1', this.#at, (this.#at += bytes));
  }

  utf16(bytes: number): string {
    return this.#bytes.toString('utf16le', this.#at, (this.#at += bytes));
  }

  /** Bytes with their number before them; valid until more arrives. */
  blob(): Buffer {
    const length = this.uint32();
    return this.#bytes.subarray(this.#at, (this.#at += length));
  }
}
