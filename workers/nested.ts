/**
 * What a thread loads first that was started by a task, or by another such thread. It writes what it opens into the table of owners, as what
 * its owner has opened, so that nothing of it is unattributed; it says nothing to anybody.
 */
import { getEnvironmentData, setEnvironmentData } from 'node:worker_threads';
import { NestedLedger } from './ledger/nested-ledger.js';
import { NESTED, type NestedTerms } from './ledger/nested-terms.js';
import { trackOpenings } from './ledger/track.js';

const terms = getEnvironmentData(NESTED) as unknown as NestedTerms | undefined;
if (terms !== undefined) keepTo(terms);

function keepTo(nested: NestedTerms): void {
  // The user's code finds both as they would be without us, and forks processes with options that are its own.
  setEnvironmentData(NESTED, undefined);
  process.execArgv.splice(0, process.execArgv.length, ...nested.execArgv);
  const ledger = new NestedLedger(nested);
  trackOpenings(ledger, nested);
}
