import { fstatSync, readdirSync, readlinkSync } from 'node:fs';
import type { UnattributedDescriptor } from '../observe/inspection.js';
import { ownDescriptors } from './own-descriptors.js';
import { owners } from './owners-table.js';

/** What every event loop has: its poll, its wake-ups, its timers, its watches. */
const LOOPS = /^anon_inode:\[?(?:eventpoll|eventfd|io_uring|timerfd|inotify)\]?|^\/dev\/null$|^\/proc\/|^inotify$/;

/** The kernel's list of open descriptors: number and link. Null where the platform has none. */
export function openDescriptors(): Map<number, string> | null {
  try {
    const open = new Map<number, string>();
    for (const name of readdirSync('/proc/self/fd')) {
      try {
        open.set(Number(name), readlinkSync(`/proc/self/fd/${name}`));
      } catch {
        // The listing's own descriptor, or one that was closed since.
      }
    }
    return open;
  } catch {
    return null;
  }
}

/** Which things are open, by descriptor: device and inode, since a link changes when a file is renamed or unlinked. */
export function openIdentities(): Map<number, string> {
  const descriptors = [...(openDescriptors()?.keys() ?? [])];
  return new Map(descriptors.map((descriptor) => [descriptor, identityOf(descriptor)]));
}

function identityOf(descriptor: number): string {
  try {
    const { dev, ino } = fstatSync(descriptor);
    return `${dev}:${ino}`;
  } catch {
    return 'closed since';
  }
}

/**
 * What the kernel shows open and nobody's ledger has; `before` is what was open before there were threads, `nodes` are
 * files that Node itself reads.
 */
export function unattributed(
  before: ReadonlyMap<number, string>,
  nodes: ReadonlySet<string>,
  labelOf: (handler: number) => string | null,
): UnattributedDescriptor[] {
  const open = openDescriptors() ?? new Map<number, string>();
  const hosts = hostsHandles();
  const pipes = countLinks(open);
  const found: UnattributedDescriptor[] = [];
  for (const [descriptor, link] of open) {
    // Both ends of a pipe in one process: an event loop that wakes itself.
    const isLoops = LOOPS.test(link) || (link.startsWith('pipe:') && (pipes.get(link) ?? 0) > 1);
    if (isLoops || nodes.has(link) || hosts.has(descriptor)) continue;
    if (before.get(descriptor) === identityOf(descriptor)) continue;
    if (ownDescriptors.has(descriptor) || owners.ownerOf(descriptor) !== undefined) continue;
    found.push({ descriptor, link, task: labelOf(owners.nativeHandlerOf(descriptor, link)) });
  }
  return found;
}

/** Sockets, servers and pipes the host itself has open, as far as Node lists them. */
function hostsHandles(): Set<number> {
  const list = (process as unknown as { _getActiveHandles?: () => { _handle?: { fd?: unknown } | null }[] })
    ._getActiveHandles;
  const numbers = (list?.call(process) ?? []).map((handle) => handle._handle?.fd);
  return new Set(numbers.filter((fd): fd is number => typeof fd === 'number' && fd >= 0));
}

function countLinks(open: ReadonlyMap<number, string>): Map<string, number> {
  const counts = new Map<string, number>();
  for (const link of open.values()) counts.set(link, (counts.get(link) ?? 0) + 1);
  return counts;
}
