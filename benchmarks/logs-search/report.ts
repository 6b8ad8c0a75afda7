import type { Machine } from '../harness/machine.js';
import { median } from '../harness/median.js';
import { CONTENDERS, type Contender, type SearchReading } from './terms.js';

/** All of a run, as it is written to a result file. */
export interface SearchResult {
  readonly v: 1;
  readonly date: string;
  readonly commit: { readonly short: string; readonly dirty: boolean };
  readonly machine: Machine;
  readonly lines: number;
  readonly bytes: number;
  readonly quick: boolean;
  readonly readings: Readonly<Record<Contender, readonly SearchReading[]>>;
}

/** What one million lines may take, with everything that a command needs to start. */
export const GOAL = { contender: 'plustwo', metric: 'wallMs', atMost: 1000 } as const;

/** The result as Markdown: medians, and how they compare with a search by hand. */
export function renderSearch(result: SearchResult): string {
  const { machine, commit, date, lines, bytes, quick } = result;
  const rows = CONTENDERS.map((contender) => rowOf(result, contender));
  const wall = wallOf(result, GOAL.contender);
  const verdict = quick ? 'no verdict on so few lines' : wall <= GOAL.atMost ? 'met' : 'missed';
  return [
    '# Searching logs for one task',
    `${date.slice(0, 10)}, commit ${commit.short}${commit.dirty ? ' with changes' : ''}. ${machine.cpu}, ${String(machine.cores)} cores, Node ${machine.node}, load ${machine.load.toFixed(2)}; ${lines.toLocaleString('en-US')} lines, ${(bytes / 1e6).toFixed(0)} MB, medians of ${String(result.readings.plustwo.length)} runs of the whole command.`,
    ['| who | wall ms | CPU ms | wall, x grep | wall, x readline |', '| --- | --- | --- | --- | --- |', ...rows].join(
      '\n',
    ),
    `Goal: at most ${String(GOAL.atMost)} ms of wall time: ${verdict}.`,
    '',
  ].join('\n\n');
}

function rowOf(result: SearchResult, contender: Contender): string {
  const wall = wallOf(result, contender);
  const cpu = median(result.readings[contender].map(({ cpuMs }) => cpuMs));
  const times = (other: Contender): string => (wall / wallOf(result, other)).toFixed(3);
  return `| ${contender} | ${wall.toFixed(0)} | ${cpu.toFixed(0)} | ${times('grep -F')} | ${times('readline')} |`;
}

function wallOf({ readings }: SearchResult, contender: Contender): number {
  return median(readings[contender].map(({ wallMs }) => wallMs));
}
