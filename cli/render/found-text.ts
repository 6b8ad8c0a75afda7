import type { Host } from '../host.js';
import type { Faults } from '../logs/faults.js';
import type { Found } from '../logs/search.js';
import { noPaint, paintFor } from './paint.js';
import { shortPath } from './places.js';
import { RecordLines } from './record-line.js';

/** What was found, as text: a line for a person, or the record as it is. */
export class FoundText {
  readonly #json: boolean;
  readonly #lines: RecordLines;
  readonly #faults: Faults;
  readonly #cwd: string;

  constructor(json: boolean, { stdout, cwd }: Pick<Host, 'stdout' | 'cwd'>, faults: Faults) {
    this.#json = json;
    const paint = paintFor(stdout);
    // Asking for each word of a million lines whether colours are wanted would take as long as reading them.
    this.#lines = new RecordLines(paint('red', 'x') === 'x' ? noPaint : paint);
    this.#faults = faults;
    this.#cwd = cwd();
  }

  of(found: Found): string {
    if (found.kind === 'record') return `${this.#json ? found.record.line : this.#lines.line(found.record)}\n`;
    if (!this.#json) return `${this.#lines.torn(found.text, shortPath(found.file.path, this.#cwd))}\n`;
    // It would be no JSON.
    this.#faults.noteTorn(found.file);
    return '';
  }
}
