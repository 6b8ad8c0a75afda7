import type { LogLevel } from '../../workers/protocol/messages.js';
import type { GateLine, LineNote, SuppressedNote } from './gate-note.js';
import { LEVEL_RANKS } from './level-ranks.js';
import { type MaskWords, textOfMask } from './mask.js';

/** A line of more characters is not held in case it stays the only one: thousands of kinds could hold a megabyte each. */
const MOST_HELD = 4096;
/** A summary has to be smaller than the lines it stands for, and these may be short. */
const MOST_OF_KIND = 48;

/** Lines that were counted instead of kept, until somebody says so. */
export class Tally<Line extends GateLine> {
  #count = 0;
  #held: Line | undefined;
  /** What it is called in summaries. */
  #kind = '';
  #level: LogLevel = 'debug';
  #taskName: string | undefined;

  /** Counts a line, and gives how many there are now. `hold` makes one of it that stays as it is. */
  add(line: Line, mask: MaskWords, hold: (line: Line) => Line): number {
    if (++this.#count === 1) {
      // Not the mask itself: its kind may have become another one when it is said.
      this.#kind = textOfMask(mask, MOST_OF_KIND);
      this.#level = line.level;
      this.#taskName = line.taskName;
      this.#held = sizeOf(line) <= MOST_HELD ? hold(line) : undefined;
      return 1;
    }
    this.#held = undefined;
    if (LEVEL_RANKS[line.level] > LEVEL_RANKS[this.#level]) this.#level = line.level;
    if (line.taskName !== this.#taskName) this.#taskName = undefined;
    return this.#count;
  }

  /** Says what was counted, if anything, and begins anew. */
  take(rule: string | undefined, windowMs: number): LineNote<Line> | SuppressedNote | undefined {
    const named = rule === undefined ? {} : { rule };
    const [count, line, kind] = [this.#count, this.#held, this.#kind];
    this.#count = 0;
    this.#held = undefined;
    if (count === 0) return undefined;
    if (line !== undefined) return { type: 'line', line, ...named };
    return { type: 'suppressed', count, ...named, kind, level: this.#level, taskName: this.#taskName, windowMs };
  }
}

function sizeOf({ text, fields }: GateLine): number {
  return text.length + (fields?.length ?? 0);
}
