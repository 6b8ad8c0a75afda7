/** Where a run's items come from. */
export interface Inputs {
  /** The items, read as they are asked for. Ends by an `InputError` when the source turns out to be broken. */
  items: AsyncIterable<unknown> | Iterable<unknown>;
  /** How many there are, once that is known. */
  total(): number | undefined;
  /** Lets go of the source, also while a read is waiting. */
  close(): void;
}

/** The source of inputs is broken: its message names the file and the line. */
export class InputError extends Error {
  override readonly name = 'InputError';
}
