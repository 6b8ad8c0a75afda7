import { endChildren } from './children.js';
import type { Ledger } from './ledger.js';

/**
 * For a process that ends without `close()`: by an error nobody caught, by `process.exit`. The kernel closes its descriptors, but child
 * processes of its tasks would go on without it.
 */
export class LastResort {
  readonly #ledger: Ledger;

  constructor(ledger: Ledger) {
    this.#ledger = ledger;
    process.on('exit', this.#end);
  }

  /** Nothing is left to be ended. */
  dismiss(): void {
    process.off('exit', this.#end);
  }

  readonly #end = (): void => {
    endChildren(this.#ledger.children());
  };
}
