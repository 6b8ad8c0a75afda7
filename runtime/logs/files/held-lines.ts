const NEWLINE = 10;

/** Lines that were written at once, into one file. */
export interface Lines {
  readonly path: string;
  bytes: Buffer;
  count: number;
  /** How many of the bytes are written, */
  at: number;
  /** and into which file: its inode. */
  inode: number | undefined;
}

/** Lines on their way into files, in order. As long as nothing fails there is one such entry, for the length of a write. */
export class HeldLines {
  readonly #mostBytes: number;
  #queue: Lines[] = [];
  #bytes = 0;
  #count = 0;
  #dropped = 0;

  /** How many bytes wait for a fault to end. */
  constructor(mostBytes: number) {
    this.#mostBytes = mostBytes;
  }

  /** How many lines are here. */
  get count(): number {
    return this.#count;
  }

  /** How many were given up. */
  get dropped(): number {
    return this.#dropped;
  }

  /** What is to be written next. */
  get first(): Lines | undefined {
    return this.#queue[0];
  }

  /** Files they are meant for. */
  paths(): Set<string> {
    return new Set(this.#queue.map(({ path }) => path));
  }

  add(path: string, bytes: Buffer, count: number): void {
    this.#queue.push({ path, bytes, count, at: 0, inode: undefined });
    this.#bytes += bytes.length;
    this.#count += count;
  }

  /** Has all of them in memory of their own: that in which they came is somebody else's. */
  own(): void {
    for (const lines of this.#queue) lines.bytes = Buffer.from(lines.bytes);
  }

  /** Counts lines that are not taken at all. */
  refuse(count: number): void {
    this.#dropped += count;
  }

  /** The first are about to be written into a file: from their beginning, if it is not the one their beginning is in. */
  begin(inode: number): void {
    const { first } = this;
    if (first === undefined) return;
    if (first.inode !== inode) first.at = 0;
    first.inode = inode;
  }

  /** Whether the file ends in the middle of the first. */
  goesOnIn(inode: number): boolean {
    return this.first !== undefined && this.first.at > 0 && this.first.inode === inode;
  }

  /** What is written of the first is in its file, if that ends with a whole line; the others begin anew. */
  passWritten(): void {
    const { first } = this;
    if (first?.inode === undefined || first.at === 0 || first.bytes[first.at - 1] !== NEWLINE) return;
    const written = newlines(first.bytes.subarray(0, first.at));
    this.#bytes -= first.at;
    this.#count -= written;
    first.count -= written;
    first.bytes = first.bytes.subarray(first.at);
    first.at = 0;
  }

  /** The first are written. */
  done(): void {
    const first = this.#queue.shift();
    if (first === undefined) return;
    this.#bytes -= first.bytes.length;
    this.#count -= first.count;
  }

  /** The first went into a file that is gone. */
  again(): void {
    if (this.first !== undefined) this.first.inode = undefined;
  }

  /** Gives up whole lines, the oldest first, until no more is held than may be. */
  shrink(): void {
    if (this.#bytes <= this.#mostBytes) return;
    this.#splitTorn();
    // The rest of a line that is half written stays: without it, the next one would go on where that one broke off.
    const kept = this.first !== undefined && this.first.at > 0 ? 1 : 0;
    for (;;) {
      const oldest = this.#queue[kept];
      const excess = this.#bytes - this.#mostBytes;
      if (oldest === undefined || excess <= 0) return;
      const end = excess <= oldest.bytes.length ? oldest.bytes.indexOf(NEWLINE, excess - 1) + 1 : 0;
      if (end > 0 && end < oldest.bytes.length) this.#cut(oldest, end);
      else this.#drop(kept);
    }
  }

  /** Gives up all of them, except what is written. */
  giveUp(): void {
    this.#dropped += this.#count - this.#written();
    this.#queue = [];
    this.#bytes = 0;
    this.#count = 0;
  }

  /** How many whole lines of the first are in its file. */
  #written(): number {
    const { first } = this;
    return first?.inode === undefined ? 0 : newlines(first.bytes.subarray(0, first.at));
  }

  /** Makes the line that is half written, and what is written before it, an entry of its own. */
  #splitTorn(): void {
    const { first } = this;
    if (first === undefined || first.at === 0) return;
    const end = first.bytes.indexOf(NEWLINE, first.at - 1) + 1;
    if (end === 0 || end === first.bytes.length) return;
    const rest = first.bytes.subarray(end);
    const count = newlines(rest);
    this.#queue.splice(1, 0, { path: first.path, bytes: rest, count, at: 0, inode: undefined });
    first.bytes = first.bytes.subarray(0, end);
    first.count -= count;
  }

  #cut(lines: Lines, end: number): void {
    const count = newlines(lines.bytes.subarray(0, end));
    lines.bytes = lines.bytes.subarray(end);
    lines.count -= count;
    this.#bytes -= end;
    this.#count -= count;
    this.#dropped += count;
  }

  #drop(index: number): void {
    const [lines] = this.#queue.splice(index, 1);
    if (lines === undefined) return;
    this.#bytes -= lines.bytes.length;
    this.#count -= lines.count;
    this.#dropped += lines.count;
  }
}

function newlines(bytes: Buffer): number {
  let count = 0;
  for (let at = bytes.indexOf(NEWLINE); at >= 0; at = bytes.indexOf(NEWLINE, at + 1)) count++;
  return count;
}
