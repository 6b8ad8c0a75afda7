import { identityOf } from './record.js';
import type { Found } from './search.js';

/** Far more than the incidents of an hour hold, which come soon after the lines they repeat. */
const remembered = 100_000;

/** Knows the records that were told lately, to tell none a second time. */
export class Recent {
  readonly #identities = new Set<string>();

  /** Those that were not told before. */
  passNew(found: readonly Found[]): Found[] {
    return found.filter((one) => {
      const identity = one.kind === 'record' ? identityOf(one.record) : undefined;
      if (identity === undefined) return true;
      if (this.#identities.has(identity)) return false;
      this.#remember(identity);
      return true;
    });
  }

  #remember(identity: string): void {
    this.#identities.add(identity);
    if (this.#identities.size <= remembered) return;
    // A Set keeps the order in which it was filled.
    for (const oldest of this.#identities) {
      this.#identities.delete(oldest);
      return;
    }
  }
}
