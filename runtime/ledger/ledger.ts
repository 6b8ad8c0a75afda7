/** What the supervisor itself opened and has not yet closed. Empty after `close()`, or the close report says what is left. */
export class Ledger {
  readonly #open = new Map<object, string>();

  /** Enters something that was opened, by a name a reader understands. */
  enter(handle: object, name: string): void {
    this.#open.set(handle, name);
  }

  /** Strikes out what was closed. */
  strike(handle: object): void {
    this.#open.delete(handle);
  }

  /** Names of all that is open. */
  names(): string[] {
    return [...this.#open.values()];
  }
}
