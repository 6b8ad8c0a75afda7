import type { FaultKind } from '../../runtime/index.js';
import { type FaultTerms, faultOf } from '../../workers/protocol/faults.js';

/** What the threads of a scenario are given. */
export interface ChaosData {
  /** Times the work of each task was begun, by index. */
  readonly runs: Uint8Array | undefined;
}

/** These take the place of the work; the others come before or after it. */
const INSTEAD: readonly FaultKind[] = ['throw', 'exit', 'uncaught', 'hang', 'loop', 'memory', 'segfault'];
/** These end their thread, or have it ended. */
const ENDING: readonly FaultKind[] = ['exit', 'uncaught', 'hang', 'loop', 'memory'];

/** Books of what ran, kept by the work itself: nothing may run twice, whatever its supervisor says of it. */
export class Runs {
  readonly #faults: FaultTerms;
  readonly data: ChaosData;

  /** @param isShared - false where the work is done in another process, from which nothing is heard */
  constructor(faults: FaultTerms, tasks: number, isShared: boolean) {
    this.#faults = faults;
    this.data = { runs: isShared ? new Uint8Array(new SharedArrayBuffer(tasks)) : undefined };
  }

  /** What is wrong, in words; `replaced` threads were there beside those of the start, `recycles` of them by plan. */
  wrongs(replaced: number, recycles: number): string[] {
    const { runs } = this.data;
    if (runs === undefined) return [];
    let [tooOften, never, ended] = [0, 0, 0];
    for (const [index, times] of runs.entries()) {
      const fault = faultOf(this.#faults, index + 1, 1);
      const due = fault !== undefined && INSTEAD.includes(fault) ? 0 : 1;
      if (times > due) tooOften++;
      if (times < due) never++;
      if (fault !== undefined && ENDING.includes(fault)) ended++;
    }
    const wrongs: string[] = [];
    if (tooOften > 0) wrongs.push(`${String(tooOften)} tasks ran more often than once`);
    if (never > 0) wrongs.push(`${String(never)} tasks that were to run did not`);
    const most = ended + recycles;
    if (replaced > most) wrongs.push(`${String(replaced)} threads were replaced, ${String(most)} had a reason`);
    return wrongs;
  }
}
