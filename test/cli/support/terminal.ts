/** As much of a terminal as is needed to see what programs that write to it at the same time make of it. */
export class Terminal {
  readonly columns: number;
  rows: number;
  /** How often it was written to. */
  writes = 0;
  #lines: string[][];
  #row = 0;
  #column = 0;
  #top = 0;
  #bottom: number;
  #wraps = true;
  #saved = { row: 0, column: 0 };

  constructor(columns: number, rows: number) {
    this.columns = columns;
    this.rows = rows;
    this.#bottom = rows - 1;
    this.#lines = Array.from({ length: rows }, () => []);
  }

  /** What it shows, without spaces at the ends of lines. */
  get shown(): string[] {
    return this.#lines.map((line) =>
      Array.from(line, (character) => character ?? ' ')
        .join('')
        .trimEnd(),
    );
  }

  /** The lines that scroll, from the first to the last, counted from 1. */
  get region(): [number, number] {
    return [this.#top + 1, this.#bottom + 1];
  }

  /** Takes lines away at the bottom or adds empty ones there, and scrolls all of it again, as terminals do. */
  resize(rows: number): void {
    while (this.#lines.length < rows) this.#lines.push([]);
    // What is below the cursor goes first; then what is above it scrolls out.
    while (this.#lines.length > rows && this.#lines.length - 1 > this.#row) this.#lines.pop();
    while (this.#lines.length > rows) {
      this.#lines.shift();
      this.#row--;
    }
    this.rows = rows;
    this.#top = 0;
    this.#bottom = rows - 1;
  }

  write(text: string): boolean {
    this.writes++;
    for (const [part] of text.matchAll(/\u001b\[[?\d;]*[A-Za-z]|\u001b[78D]|[\s\S]/gu)) this.#take(part);
    return true;
  }

  #take(part: string): void {
    if (part.startsWith('\u001b[')) this.#control(part.slice(2, -1), part.slice(-1));
    else if (part === '\u001b7') this.#saved = { row: this.#row, column: this.#column };
    else if (part === '\u001b8') ({ row: this.#row, column: this.#column } = this.#saved);
    else if (part === '\u001bD') this.#down();
    else if (part === '\r') this.#column = 0;
    else if (part === '\n') {
      this.#column = 0;
      this.#down();
    } else {
      if (this.#column >= this.columns) {
        if (this.#wraps) this.#take('\n');
        else this.#column--;
      }
      (this.#lines[this.#row] ??= [])[this.#column++] = part;
    }
  }

  #control(given: string, command: string): void {
    if (given === '?7') {
      this.#wraps = command === 'h';
      return;
    }
    const [first = 0, second = 0] = given.split(';').map(Number);
    const line = this.#lines[this.#row] ?? [];
    if (command === 'A') this.#row = Math.max(this.#top, this.#row - Math.max(1, first));
    else if (command === 'H') [this.#row, this.#column] = [Math.max(1, first) - 1, Math.max(1, second) - 1];
    else if (command === 'K') line.length = first === 2 ? 0 : Math.min(line.length, this.#column);
    else if (command === 'J') {
      line.length = Math.min(line.length, this.#column);
      for (let row = this.#row + 1; row < this.rows; row++) this.#lines[row] = [];
    } else if (command === 'r') {
      [this.#top, this.#bottom] = [Math.max(1, first) - 1, (second || this.rows) - 1];
      [this.#row, this.#column] = [0, 0];
    } else if (command !== 'm') throw new Error(`this terminal does not know ${JSON.stringify(given + command)}`);
  }

  #down(): void {
    if (this.#row !== this.#bottom) {
      this.#row = Math.min(this.rows - 1, this.#row + 1);
      return;
    }
    this.#lines.splice(this.#top, 1);
    this.#lines.splice(this.#bottom, 0, []);
  }
}
