import { formatCount } from './units.js';

const nouns: Record<string, readonly [one: string, many: string]> = {
  file: ['file', 'files'],
  directory: ['directory', 'directories'],
  socket: ['socket', 'sockets'],
  server: ['server', 'servers'],
  udp: ['UDP socket', 'UDP sockets'],
  watcher: ['watcher', 'watchers'],
  process: ['child process', 'child processes'],
  thread: ['thread', 'threads'],
};

/** So many of a resource, in words. */
export function countOf(resource: string, count: number): string {
  const [one, many] = nouns[resource] ?? [resource, resource];
  return `${formatCount(count)} ${count === 1 ? one : many}`;
}
