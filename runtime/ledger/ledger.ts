/** Something the supervisor itself opened: one of its threads. */
interface OwnHandle {
  readonly name: string;
  /** Process ids of children it has started and not seen end. */
  readonly children: () => readonly number[];
}

/** What the supervisor itself opened and has not yet closed. Empty after `close()`, or the close report says what is left. */
export class Ledger {
  readonly #open = new Map<object, OwnHandle>();

  /** Enters something that was opened, by a name a reader understands. */
  enter(handle: object, own: OwnHandle): void {
    this.#open.set(handle, own);
  }

  /** Strikes out what was closed. */
  strike(handle: object): void {
    this.#open.delete(handle);
  }

  /** Names of all that is open. */
  names(): string[] {
    return [...this.#open.values()].map(({ name }) => name);
  }

  /** Child processes of all threads. */
  children(): number[] {
    return [...this.#open.values()].flatMap(({ children }) => children());
  }
}
