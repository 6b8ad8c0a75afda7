import type { Duplex } from 'node:stream';
import { ByteWriter } from './byte-writer.js';
import { FrameKind, HEADER_BYTES, Header } from './frames.js';
import { serialize } from './serialize.js';

/** What it sends through. */
type Way = Pick<Duplex, 'write' | 'writableLength' | 'writable'>;

/** What is sent at once, however much more there is to come. */
const FULL_BYTES = 256 * 1024;
/** What is copied rather than held together with the room there was for more. */
const LITTLE_BYTES = 16 * 1024;

/**
 * One end's way out: collects what is to be said and sends it together, once the code that runs now is through. Records that follow each
 * other share a frame.
 */
export class Outbox {
  readonly #stream: Way;
  readonly #soon: (run: () => void) => void;
  readonly #told: () => readonly [number, number];
  readonly #writer = new ByteWriter();
  /** Where the open frame of records begins; -1 while there is none. */
  #open = -1;
  /** Bytes that were handed to the stream, ever. */
  #handed = 0;
  #isPlanned = false;

  /**
   * @param soon - calls back when what was collected is to be sent
   * @param told - the two numbers told with each frame, as they are when it is closed
   */
  constructor(stream: Way, soon: (run: () => void) => void, told: () => readonly [number, number]) {
    this.#stream = stream;
    this.#soon = soon;
    this.#told = told;
  }

  /** How many bytes were said, ever, */
  get said(): number {
    return this.#handed + this.#writer.length;
  }

  /** and how many of them have left. */
  get left(): number {
    return this.#handed - this.#stream.writableLength;
  }

  /** Adds a record, by what `write` writes; it must not run anybody else's code. */
  record<Item>(write: (writer: ByteWriter, item: Item) => void, item: Item): void {
    if (this.#open === -1) this.#begin(FrameKind.records);
    write(this.#writer, item);
    this.#added();
  }

  /**
   * Adds a message.
   *
   * @throws what serialising it throws; nothing was added then
   */
  message(message: unknown): void {
    const bytes = serialize(message);
    this.#close();
    this.#begin(FrameKind.message);
    this.#writer.raw(bytes);
    this.#close();
    this.#added();
  }

  /** Sends what was collected. */
  flush(): void {
    this.#isPlanned = false;
    if (this.#writer.length === 0) return;
    this.#close();
    this.#handed += this.#writer.length;
    const bytes = this.#writer.written();
    // What has to wait takes no more memory than it needs: of little, the writer's would be held many times over.
    const isCopied = this.#stream.writableLength > 0 && bytes.length <= LITTLE_BYTES;
    if (this.#stream.writable) this.#stream.write(isCopied ? Buffer.from(bytes) : bytes);
    this.#writer.clear(!isCopied && this.#stream.writableLength > 0);
  }

  #begin(kind: number): void {
    const writer = this.#writer;
    this.#open = writer.length;
    writer.reserve(HEADER_BYTES);
    writer.length += HEADER_BYTES;
    writer.byteAt(this.#open + Header.kind, kind);
  }

  #close(): void {
    if (this.#open === -1) return;
    const writer = this.#writer;
    const [first, second] = this.#told();
    writer.uint32At(this.#open + Header.length, writer.length - this.#open - HEADER_BYTES);
    writer.uint32At(this.#open + Header.first, first);
    writer.uint32At(this.#open + Header.second, second);
    this.#open = -1;
  }

  #added(): void {
    if (this.#writer.length >= FULL_BYTES) {
      this.flush();
      return;
    }
    if (this.#isPlanned) return;
    this.#isPlanned = true;
    this.#soon(() => {
      if (this.#isPlanned) this.flush();
    });
  }
}
