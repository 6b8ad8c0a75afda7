import { ByteReader } from './byte-reader.js';
import { FrameKind, HEADER_BYTES, Header } from './frames.js';
import { deserialize } from './serialize.js';

/** What comes out of frames. */
export interface FrameListener {
  /** The two numbers told with the frame that follows. */
  numbers(first: number, second: number): void;
  message(message: unknown): void;
  records(reader: ByteReader): void;
}

/** One end's way in: takes bytes as they come and reads the frames that are whole. What it hands on is valid until the call returns. */
export class FrameReader {
  readonly #listener: FrameListener;
  /** The beginning of a frame whose rest has not come. */
  #part: Buffer | undefined;
  #has = 0;

  constructor(listener: FrameListener) {
    this.#listener = listener;
  }

  take(chunk: Buffer): void {
    let at = this.#complete(chunk);
    while (chunk.length - at >= HEADER_BYTES) {
      const length = HEADER_BYTES + chunk.readUInt32LE(at + Header.length);
      if (chunk.length - at < length) break;
      this.#read(chunk, at, at + length);
      at += length;
    }
    if (at < chunk.length) this.#keep(chunk, at);
  }

  /** Adds to the frame whose beginning is here; the answer is where in the chunk the next one begins. */
  #complete(chunk: Buffer): number {
    let at = 0;
    while (this.#part !== undefined && at < chunk.length) {
      const taken = chunk.copy(this.#part, this.#has, at);
      at += taken;
      this.#has += taken;
      if (this.#has < this.#part.length) break;
      const length = HEADER_BYTES + this.#part.readUInt32LE(Header.length);
      const part = this.#part;
      if (length === part.length) {
        this.#part = undefined;
        this.#read(part, 0, length);
      } else {
        // It was the header alone that was waited for.
        this.#part = Buffer.allocUnsafeSlow(length);
        part.copy(this.#part);
      }
    }
    return at;
  }

  #keep(chunk: Buffer, at: number): void {
    const left = chunk.length - at;
    const length = left < HEADER_BYTES ? HEADER_BYTES : HEADER_BYTES + chunk.readUInt32LE(at + Header.length);
    this.#part = Buffer.allocUnsafeSlow(length);
    this.#has = chunk.copy(this.#part, 0, at);
  }

  #read(bytes: Buffer, start: number, end: number): void {
    const listener = this.#listener;
    listener.numbers(bytes.readUInt32LE(start + Header.first), bytes.readUInt32LE(start + Header.second));
    const kind = bytes[start + Header.kind];
    if (kind === FrameKind.records) listener.records(new ByteReader(bytes, start + HEADER_BYTES, end));
    else if (kind === FrameKind.message) listener.message(deserialize(bytes.subarray(start + HEADER_BYTES, end)));
    else throw new RangeError(`Expected the kind of a frame, got ${String(kind)}`);
  }
}
