import type { Commit, Machine } from '../harness/machine.js';
import type { Found } from './run-scenario.js';
import { nameOf, type Scenario } from './scenario.js';

/** A whole run, as it is written to a file. */
export interface ChaosResult {
  readonly v: 1;
  readonly date: string;
  readonly commit: Commit;
  readonly machine: Machine;
  readonly seed: number;
  readonly threads: number;
  readonly quick: boolean;
  readonly scenarios: readonly ScenarioResult[];
}

export interface ScenarioResult {
  readonly scenario: Scenario;
  /** Undefined when its process ended before it could tell. */
  readonly found: Found | undefined;
  /** Everything that is not as it has to be; empty when all is well. */
  readonly wrongs: readonly string[];
}

/** The run as a page of Markdown. */
export function renderChaos(result: ChaosResult): string {
  const { date, commit, machine, seed, threads, quick, scenarios } = result;
  const run = `${date.slice(0, 10)}, commit ${commit.short}${commit.dirty ? ' with changes' : ''}, seed ${String(seed)}`;
  const host = `${machine.cpu}, ${String(machine.cores)} cores, ${String(machine.memoryGb)} GB, ${machine.kernel}, Node ${machine.node}`;
  const broken = scenarios.filter(({ wrongs }) => wrongs.length > 0).length;
  return [
    '# Chaos',
    `${run}${quick ? ', quick' : ''}. ${host}; ${String(threads)} threads.`,
    broken === 0 ? 'Everything was as it has to be.' : `Broken: ${String(broken)} of ${String(scenarios.length)}.`,
    ...scenarios.map(renderScenario),
    '',
  ].join('\n\n');
}

function renderScenario({ scenario, found, wrongs }: ScenarioResult): string {
  const title = `## ${nameOf(scenario)}: ${count(scenario.tasks)}`;
  const list = wrongs.map((wrong) => `* ${wrong}`).join('\n');
  if (found === undefined) return [title, list].join('\n\n');
  const { rows, seconds, restarts, recycles } = found;
  const times = `${seconds.toFixed(1)} s; ${count(restarts)} threads or hosts died and were replaced, ${count(recycles)} threads recycled.`;
  const fates = rows.map(({ fault, tasks, ok, failed, timedOut, lost, cancelled, wrong }) => [
    fault,
    ...[tasks, ok, failed, timedOut, lost, cancelled, wrong].map(count),
  ]);
  const header = ['fault', 'tasks', 'ok', 'failed', 'timed-out', 'lost', 'cancelled', 'other than expected'];
  return [title, times, table(header, fates), renderFootprint(found), list].filter((part) => part !== '').join('\n\n');
}

function renderFootprint({ start, most, end }: Found): string {
  const line = (what: string, figure: (of: typeof start) => number): string[] => [
    what,
    ...[start, most, end].map((of) => count(figure(of))),
  ];
  return table(
    ['taken up', 'at the start', 'most meanwhile', 'at the end'],
    [
      line('processes', ({ processes }) => processes),
      line('threads', ({ threads }) => threads),
      line('descriptors', ({ descriptors }) => descriptors),
      line('memory, MB', ({ rssBytes }) => Math.round(rssBytes / 2 ** 20)),
    ],
  );
}

function count(value: number): string {
  return value.toLocaleString('en-US');
}

function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(header), line(header.map(() => '---')), ...rows.map(line)].join('\n');
}
