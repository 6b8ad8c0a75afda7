import { formatBytes, plural } from './units.js';

/** Lines of tasks that a thread had no room for. */
export interface DroppedLines {
  readonly slot: number;
  readonly generation: number;
  readonly count: number;
  readonly bytes: number;
}

/** Whether it is lines that were dropped what a logger is told by these fields. Those of what tasks log have an attempt. */
export function droppedIn(fields: Readonly<Record<string, unknown>>): DroppedLines | undefined {
  const { attempt, slot, generation, count, bytes } = fields;
  if (attempt !== undefined) return undefined;
  const are = [slot, generation, count, bytes].every((figure) => typeof figure === 'number');
  return are ? ({ slot, generation, count, bytes } as DroppedLines) : undefined;
}

/** How many records log files say they lost for good, by what a logger is told: at the end of a fault, or of the files. */
export function lostIn({ attempt, sink, kind, dropped }: Readonly<Record<string, unknown>>): number {
  if (attempt !== undefined || typeof sink !== 'string' || typeof dropped !== 'number') return 0;
  return kind === 'recovered' || kind === 'lost' ? dropped : 0;
}

/** Lines that are missing among those that tasks have printed and logged. */
export function droppedLine({ slot, generation, count, bytes }: DroppedLines): string {
  const what = `${plural(count, 'log line')} (${formatBytes(bytes)}) dropped`;
  return `warn ${what}: thread ${slot}.${generation} writes faster than they can be read`;
}
