import { setTimeout as startTimer } from 'node:timers';
import type { HoldingNote } from '../protocol/ledger.js';
import type { Holding } from './holding.js';
import { turn } from './judge.js';
import type { Ledger } from './ledger.js';

/** How long calls in flight are waited for, before and after the closing. One that waits for a writer of a FIFO never comes back. */
const DRAIN_MS = 1_000;
/** How long one thing may take to close. */
const CLOSE_MS = 2_000;

/** What was open when the thread was asked to end. */
export interface Closing {
  readonly closed: readonly HoldingNote[];
  readonly left: readonly HoldingNote[];
  readonly errors: readonly unknown[];
}

/**
 * Closes everything in the ledger, from its own thread: nobody else may, since a number that one thread has closed is another's a moment
 * later. Asynchronous calls are stopped at the gate first and those in flight are let through to their end, because one that is cut off
 * between opening and closing leaves its descriptor open in the process for good.
 */
export async function closeLedger(ledger: Ledger): Promise<Closing> {
  ledger.calls.gate = 'shut';
  await drained(ledger);
  const closed: HoldingNote[] = [];
  const left: HoldingNote[] = [];
  const errors: unknown[] = [];
  await Promise.all(
    // Latest first: what was opened first may be needed by what came later.
    ledger
      .all()
      .reverse()
      .map(async (holding) => {
        try {
          if (!holding.isOpen()) {
            ledger.remove(holding);
            return;
          }
          const note = holding.note();
          const isClosed = await closeOne(ledger, holding).catch((error: unknown) => {
            errors.push(error);
            return false;
          });
          (isClosed ? closed : left).push(note);
        } catch (error) {
          // One that cannot even be looked at keeps no other from being closed.
          errors.push(error);
        }
      }),
  );
  await drained(ledger);
  return { closed, left, errors };
}

async function closeOne(ledger: Ledger, holding: Holding): Promise<true> {
  const closing = holding.close();
  if (closing !== undefined) await inTime(closing);
  ledger.remove(holding);
  return true;
}

async function inTime(closing: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = startTimer(() => {
      reject(new Error(`it was not closed within ${CLOSE_MS} ms`));
    }, CLOSE_MS);
  });
  try {
    await Promise.race([closing, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Waits, turn by turn, until no call on files is in flight. */
async function drained(ledger: Ledger): Promise<void> {
  const end = performance.now() + DRAIN_MS;
  do {
    await turn();
  } while (isInFlight(ledger) && performance.now() < end);
}

/** Whether something is being opened or closed right now, by those calls that are counted or by others that Node knows of. */
export function isInFlight(ledger: Ledger): boolean {
  // 'CloseReq' is a handle of `fs.promises` on its way to be closed, also one that `readFile` and the like have opened inside Node.
  return (
    ledger.calls.pending > 0 ||
    process.getActiveResourcesInfo().some((name) => name.startsWith('FSReq') || name === 'CloseReq')
  );
}
