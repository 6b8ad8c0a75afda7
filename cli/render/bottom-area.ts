/** The part of a terminal that is used here. */
export interface AreaStream {
  readonly rows: number;
  write(text: string): boolean;
}

/** So many lines are left to whoever else writes to the terminal. */
const leastAbove = 6;

const save = '\u001b7';
const restore = '\u001b8';
const eraseLine = '\u001b[2K';
const eraseRest = '\u001b[K';
const eraseBelow = '\u001b[J';
// A terminal may be narrower already than it has said, and a line that wraps would scroll what is above.
const noWrap = '\u001b[?7l';
const wrap = '\u001b[?7h';
const scrollAll = '\u001b[r';

/**
 * Lines at the bottom of a terminal that somebody else writes to at the same time. What they write scrolls above, because the terminal is
 * told to scroll only there; the alternate screen would hide it, and lines drawn below the cursor would be written over.
 *
 * Each drawing is one write, which the terminal takes as a whole, and moves nothing but its own lines: nothing flickers, and the
 * other's cursor stands where it was.
 */
export class BottomArea {
  readonly #stream: AreaStream;
  #height = 0;
  #rows = 0;

  constructor(stream: AreaStream) {
    this.#stream = stream;
  }

  /** How many lines there is room for. */
  get room(): number {
    return Math.max(0, Math.min(Math.floor((this.#stream.rows * 2) / 3), this.#stream.rows - leastAbove));
  }

  /** Shows these lines, none of them as wide as the terminal. The area grows as it must, and shrinks no more: what stands above would jump. */
  draw(lines: readonly string[]): void {
    const { rows } = this.#stream;
    let text = '';
    if (this.#rows !== rows && this.#height > 0) text += this.#forget();
    this.#rows = rows;
    const shown = lines.slice(0, this.room);
    text += this.#grow(shown.length);
    const top = rows - this.#height + 1;
    const drawn = Array.from(
      { length: this.#height },
      (_, index) => `\u001b[${top + index};1H${shown[index] ?? ''}${eraseRest}`,
    );
    this.#stream.write(`${text}${save}${noWrap}${drawn.join('')}${wrap}${restore}`);
  }

  /** Takes the lines away and gives the whole terminal back. */
  end(): void {
    if (this.#height === 0) return;
    const top = this.#rows - this.#height + 1;
    const erased = Array.from({ length: this.#height }, (_, index) => `\u001b[${top + index};1H${eraseLine}`);
    this.#height = 0;
    this.#stream.write(`${save}${erased.join('')}${scrollAll}${restore}`);
  }

  /** Makes room: scrolls what stands where the area will be, and the cursor with it. */
  #grow(height: number): string {
    const more = height - this.#height;
    if (more <= 0) return '';
    this.#height = height;
    const makeRoom = '\u001bD'.repeat(more) + `\u001b[${more}A`;
    // Setting the region sends the cursor home.
    return `${makeRoom}${save}\u001b[1;${this.#rows - height}r${restore}`;
  }

  /** After a change of size nobody knows where the lines are, except that they are below the cursor. */
  #forget(): string {
    this.#height = 0;
    return `${save}${scrollAll}${restore}${eraseBelow}`;
  }
}
