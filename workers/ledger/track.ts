import { syncBuiltinESMExports } from 'node:module';
import { trackBeyondFiles } from './beyond-files.js';
import { trackDirectories } from './directories.js';
import { trackFileHandles } from './file-handles.js';
import { trackFiles } from './files.js';
import { trackCalls } from './gate.js';
import type { Ledger } from './ledger.js';
import { trackLoading } from './loading.js';
import { Streams } from './streams.js';
import type { ThreadParts } from './threads.js';

/** Follows everything that is opened in this thread from now on. Done once, before any module of the user's is loaded. */
export function trackOpenings(ledger: Ledger, parts: ThreadParts): void {
  trackLoading();
  const streams = new Streams();
  trackFiles(ledger, streams);
  streams.track(ledger);
  trackCalls(ledger);
  trackFileHandles(ledger);
  trackDirectories(ledger);
  trackBeyondFiles(ledger, parts);
  // Named imports of built-in modules, too.
  syncBuiltinESMExports();
}
