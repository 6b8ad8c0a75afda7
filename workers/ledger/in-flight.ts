import type { Attempt } from '../attempt.js';
import type { Ledger } from './ledger.js';

/** What a call returns that comes after the gate was shut: nothing, ever. Its thread is about to end, and refusing would only make it try again. */
export const NEVER = new Promise<never>(() => undefined);

/** Counts an opening as under way until it is through, then enters what was opened. Answers with what the caller gets. */
export function opening<Opened>(
  ledger: Ledger,
  attempt: Attempt | undefined,
  opened: Promise<Opened>,
  enter: (opened: Opened) => void,
): Promise<Opened> {
  ledger.began(attempt);
  return opened.then(
    (value) => {
      ledger.ended(attempt);
      enter(value);
      return value;
    },
    (error: unknown) => {
      ledger.ended(attempt);
      throw error;
    },
  );
}

/** The same for a callback: what is to be handed over in its place. To be followed by `ledger.began`, once the call was accepted. */
export function openingBack<Opened>(
  ledger: Ledger,
  attempt: Attempt | undefined,
  done: (error: Error | null, opened: Opened) => void,
  enter: (opened: Opened) => void,
): (error: Error | null, opened: Opened) => void {
  return (error, opened) => {
    ledger.ended(attempt);
    if (error === null) enter(opened);
    done(error, opened);
  };
}

/** Counts a closing as under way until it is through. What the caller gets is what it answers with: a rejection stays theirs to handle. */
export function closing<Closed>(ledger: Ledger, closed: Promise<Closed>): Promise<Closed> {
  ledger.began(undefined);
  return closed.finally(() => {
    ledger.ended(undefined);
  });
}
