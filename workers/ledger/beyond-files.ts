import { trackChildren } from './children.js';
import type { Ledger } from './ledger.js';
import { trackServers } from './servers.js';
import { trackSockets } from './sockets.js';
import { type ThreadParts, trackThreads } from './threads.js';
import { trackUdp } from './udp.js';
import { trackWatchers } from './watchers.js';

/** Follows what is opened beyond files: connections, servers, processes, watchers, threads. */
export function trackBeyondFiles(ledger: Ledger, parts: ThreadParts): void {
  trackServers(ledger);
  trackSockets(ledger);
  trackUdp(ledger);
  trackChildren(ledger, parts.children);
  trackWatchers(ledger);
  trackThreads(ledger, parts);
}
