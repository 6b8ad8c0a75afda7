import { syncBuiltinESMExports } from 'node:module';
import { trackDirectories } from './directories.js';
import { trackFileHandles } from './file-handles.js';
import { trackFiles } from './files.js';
import { trackCalls } from './gate.js';
import type { Ledger } from './ledger.js';
import { trackLoading } from './loading.js';
import { Streams } from './streams.js';

/** Follows everything that is opened in this thread from now on. Done once, before any module of the user's is loaded. */
export function trackOpenings(ledger: Ledger): void {
  trackLoading();
  const streams = new Streams();
  trackFiles(ledger, streams);
  streams.track(ledger);
  trackCalls(ledger);
  trackFileHandles(ledger);
  trackDirectories(ledger);
  // Named imports of built-in modules, too.
  syncBuiltinESMExports();
}
