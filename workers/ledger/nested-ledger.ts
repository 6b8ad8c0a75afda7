import { Owners } from '../protocol/owners.js';
import { recorderBytes, recorderViews } from '../protocol/recorder.js';
import type { Holding } from './holding.js';
import { Ledger } from './ledger.js';
import type { NestedTerms } from './nested-terms.js';

/** The table of owners, in which everything is one task's. */
class OwnersOfTask extends Owners {
  readonly #task: number;

  constructor(memory: SharedArrayBuffer, task: number) {
    super(memory);
    this.#task = task | 0;
  }

  override claim(fd: number, stamp: number): void {
    super.claim(fd, stamp, this.#task);
  }
}

/** The ledger of a thread that was started by a task: there are no attempts in it, everything in it is that task's. */
export class NestedLedger extends Ledger {
  readonly #owners: { readonly table: Owners; readonly stamp: number };

  constructor({ owners, stamp, task }: NestedTerms) {
    super({
      terms: { owners, stamp, stacks: 'off', mostHeld: Number.POSITIVE_INFINITY },
      views: recorderViews(new SharedArrayBuffer(recorderBytes(1)), 1),
      // Nothing is ever judged here: that is done with attempts.
      say: () => undefined,
    });
    this.#owners = { table: new OwnersOfTask(owners, task), stamp };
  }

  override get owners(): { readonly table: Owners; readonly stamp: number } {
    return this.#owners;
  }

  /** Nothing is ever judged here, so no line is needed and nothing is suspect. */
  override site(): undefined {
    return undefined;
  }

  override isSuspect(): boolean {
    return false;
  }

  override bind(holding: Holding, fd: number): void {
    super.bind(holding, fd);
    if (holding.fd === fd && holding.state !== 'closed') this.#owners.table.claim(fd, this.#owners.stamp, 0);
  }
}
