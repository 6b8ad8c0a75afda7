import type { Footprint } from '../harness/footprint.js';
import type { Commit, Machine } from '../harness/machine.js';
import type { Soaked } from './load.js';
import { FIGURES, type Figure, type Row } from './samples.js';
import type { Slope } from './slope.js';

/** A whole run, as it is written to a file. */
export interface SoakResult {
  readonly v: 1;
  readonly date: string;
  readonly commit: Commit;
  readonly machine: Machine;
  readonly minutes: number;
  readonly threads: number;
  readonly isolation: 'thread' | 'process';
  readonly seed: number;
  readonly soaked: Soaked;
  readonly slopes: Readonly<Record<Figure, Slope>>;
  readonly start: Footprint;
  readonly end: Footprint;
  /** Everything that is not as it has to be, in words; empty when all is well. */
  readonly wrongs: readonly string[];
  readonly byMinute: readonly Row[];
}

const MB = 2 ** 20;
const NAMES: Readonly<Record<Figure, { readonly label: string; readonly unit: number }>> = {
  rssBytes: { label: 'RSS, MB', unit: MB },
  heapBytes: { label: 'heap of the main thread, MB', unit: MB },
  descriptors: { label: 'descriptors', unit: 1 },
  handles: { label: 'handles of the main thread', unit: 1 },
  threads: { label: 'threads', unit: 1 },
  processes: { label: 'processes', unit: 1 },
};

/** The run as a page of Markdown. */
export function renderSoak(result: SoakResult): string {
  const { date, commit, machine, minutes, threads, isolation, seed, soaked, wrongs } = result;
  const run = `${date.slice(0, 10)}, commit ${commit.short}${commit.dirty ? ' with changes' : ''}, ${String(minutes)} minutes, seed ${String(seed)}`;
  const host = `${machine.cpu}, ${String(machine.cores)} cores, ${String(machine.memoryGb)} GB, ${machine.kernel}, Node ${machine.node}`;
  const recycled = Object.entries(soaked.recycles).map(([reason, count]) => `${number(count)} for their ${reason}`);
  return [
    '# Soak',
    `${run}. ${host}; isolation ${isolation}, ${String(threads)} threads.`,
    wrongs.length === 0 ? 'Nothing rises, and every task came out as it had to.' : list(wrongs),
    slopeTable(result),
    outcomeTable(soaked),
    `${number(soaked.restarts)} threads died and were replaced; recycled: ${recycled.join(', ') || 'none'}.`,
    '',
  ].join('\n\n');
}

function slopeTable({ slopes }: SoakResult): string {
  const rows = FIGURES.map((figure) => {
    const { mean, least, most, perHour, standardError, verdict } = slopes[figure];
    const { label, unit } = NAMES[figure];
    const told = [mean, least, most, perHour, standardError].map((value) => number(value / unit, 2));
    return [label, ...told, verdict];
  });
  return table(['figure', 'mean', 'least', 'most', 'slope per hour', 'its standard error', 'verdict'], rows);
}

function outcomeTable({ outcomes }: Soaked): string {
  const rows = Object.entries(outcomes).map(([task, { ok, failed, lost, cancelled, 'timed-out': timedOut }]) => [
    task,
    ...[ok, failed, timedOut, lost, cancelled].map((count) => number(count)),
  ]);
  return table(['task', 'ok', 'failed', 'timed-out', 'lost', 'cancelled'], rows);
}

function list(lines: readonly string[]): string {
  return lines.map((line) => `* ${line}`).join('\n');
}

function number(value: number, digits = 0): string {
  return value.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(header), line(header.map(() => '---')), ...rows.map(line)].join('\n');
}
