const newline = 0x0a;
/** No record is nearly as long; what is longer is no log, and must not fill the memory. */
const longestLine = 64 * 1024 * 1024;

/** Takes a line that was found, without its newline. */
export type TakeLine = (line: string) => void;

/**
 * Finds the lines of a file that hold a needle. The file comes in blocks, cut anywhere. Only the needle is looked for; where a line begins
 * and ends is asked at the hits alone, so that what is not looked for costs nothing but the look: splitting a million lines takes ten
 * times as long.
 */
export class LineSearch {
  readonly #needle: Buffer | undefined;
  readonly #take: TakeLine;
  readonly #longest: number;
  /** The line that the blocks so far end in. */
  #rest: Buffer[] = [];
  #restLength = 0;
  #tooLong = 0;

  /** @param needle What a line has to hold, without a newline; every line is found without it. */
  constructor(needle: string | undefined, take: TakeLine, longest = longestLine) {
    this.#needle = needle === undefined || needle === '' ? undefined : Buffer.from(needle);
    this.#take = take;
    this.#longest = longest;
  }

  /** How many lines were passed over because they are longer than any record. */
  get tooLong(): number {
    return this.#tooLong;
  }

  /** The next block, which the caller may use again afterwards. */
  push(block: Buffer): void {
    const begin = this.#endRest(block);
    const end = block.lastIndexOf(newline) + 1;
    if (end > begin) this.#search(block, begin, end);
    // A block in which the unfinished line does not end either was kept whole.
    if (begin !== -1) this.#keep(block.subarray(Math.max(begin, end)));
  }

  /** The line that the file ends in, if it does not end with a newline. */
  end(): string | undefined {
    const last = this.#restLength > this.#longest ? undefined : Buffer.concat(this.#rest).toString();
    if (last === undefined) this.#tooLong++;
    this.#forget();
    return last === '' ? undefined : last;
  }

  /** Ends the line that the blocks before ended in; answers with where the next one begins, -1 if it does not end here. */
  #endRest(block: Buffer): number {
    if (this.#restLength === 0) return 0;
    const end = block.indexOf(newline);
    if (end === -1) {
      this.#keep(block);
      return -1;
    }
    if (this.#restLength + end > this.#longest) this.#tooLong++;
    else {
      const line = Buffer.concat([...this.#rest, block.subarray(0, end)]);
      if (this.#needle === undefined || line.includes(this.#needle)) this.#take(line.toString());
    }
    this.#forget();
    return end + 1;
  }

  #search(block: Buffer, begin: number, end: number): void {
    let at = begin;
    while (at < end) {
      const hit = this.#needle === undefined ? at : block.indexOf(this.#needle, at);
      if (hit === -1 || hit >= end) return;
      const from = Math.max(at, hit === at ? at : block.lastIndexOf(newline, hit) + 1);
      at = block.indexOf(newline, hit) + 1;
      this.#take(block.toString('utf8', from, at - 1));
    }
  }

  #keep(part: Buffer): void {
    if (part.length === 0) return;
    this.#restLength += part.length;
    // Of a line that is too long only its length matters.
    if (this.#restLength > this.#longest) this.#rest = [];
    else this.#rest.push(Buffer.from(part));
  }

  #forget(): void {
    this.#rest = [];
    this.#restLength = 0;
  }
}
