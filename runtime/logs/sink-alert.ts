import { writeSync } from 'node:fs';
import type { Clock } from '../clock.js';
import { atExit } from './files/at-exit.js';

/** How a text reaches people: as a warning of the process, or at its end, where warnings are not printed any more. */
export interface AlertTerms {
  readonly clock: Pick<Clock, 'now'>;
  readonly warn: (text: string) => void;
  readonly warnAtExit: (text: string) => void;
}

/** The same sink is told of so often. */
const QUIET_MS = 60_000;
const STDERR = 2;

/**
 * Says what is wrong with log files where no logger would: that a disk is full is not to be read in a file on it. Warnings of the process go
 * to stderr, and an application can listen to them.
 */
export class SinkAlert {
  readonly #terms: AlertTerms;
  readonly #saidAt = new Map<string, number>();
  readonly #takeBack: () => void;
  #isExiting = false;

  constructor(terms: AlertTerms) {
    this.#terms = terms;
    this.#takeBack = atExit(() => {
      this.#isExiting = true;
    });
  }

  /** A sink has trouble. With `isLoss` lines are gone for good, which is said each time. */
  say(sink: string, text: string, isLoss: boolean): void {
    const { clock, warn, warnAtExit } = this.#terms;
    const now = clock.now();
    if (!isLoss && now - (this.#saidAt.get(sink) ?? -Infinity) < QUIET_MS) return;
    this.#saidAt.set(sink, now);
    if (this.#isExiting) warnAtExit(text);
    else warn(text);
  }

  close(): void {
    this.#takeBack();
  }
}

/** The process's own. */
export const PROCESS_WARNINGS: Pick<AlertTerms, 'warn' | 'warnAtExit'> = {
  warn: (text) => {
    process.emitWarning(text, { type: 'PlustwoWarning', code: 'PLUSTWO_LOG_FILES' });
  },
  warnAtExit: (text) => {
    try {
      writeSync(STDERR, `(plustwo:${process.pid}) ${text}\n`);
    } catch {
      // Nobody is there to read it, and the process ends.
    }
  },
};
