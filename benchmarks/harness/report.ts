import type { Metric, Reading } from './bench.js';
import type { BenchResult, Result } from './result.js';
import type { Row } from './verdict.js';

/** The result as a page of Markdown: the goals first, then every contender of every bench. */
export function renderReport(result: Result): string {
  return [
    '# Benchmarks',
    machineLine(result),
    table(
      ['work', 'ours', 'peer', 'ratio', 'goal', 'met'],
      result.benches.flatMap((bench) => bench.rows.map((row) => goalCells(bench, row))),
    ),
    ...result.benches.map(renderBench),
    '',
  ].join('\n\n');
}

function machineLine({ date, commit, machine, threads, rounds, quick }: Result): string {
  const versions = Object.entries(machine.versions).map(([name, version]) => `${name} ${version}`);
  const run = `${date.slice(0, 10)}, commit ${commit.short}${commit.dirty ? ' with changes' : ''}, ${String(rounds)} rounds`;
  const host = `${machine.cpu}, ${String(machine.cores)} cores, ${String(machine.memoryGb)} GB, ${machine.kernel}, Node ${machine.node}`;
  return [
    `${run}${quick ? ', quick (sizes too small for a verdict)' : ''}. ${host}, load ${machine.load.toFixed(2)} before the run;`,
    `${String(threads)} threads for everyone; ${versions.join(', ')}.`,
  ].join('\n');
}

function goalCells(bench: BenchResult, row: Row): string[] {
  const metric = metricOf(bench, row.metric);
  const figure = (value: number | null): string =>
    value === null ? '-' : `${format(value, metric.digits)} ${metric.label}`;
  const met = row.met === null ? '-' : row.met ? 'yes' : 'no';
  const goal = `${row.sense === 'at least' ? '>=' : '<='} ${formatTimes(row.times)} x`;
  const ratio = row.ratio === null ? '-' : `${formatTimes(row.ratio)} x`;
  return [bench.work, figure(row.ours), `${figure(row.peer)} (${row.peerName})`, ratio, goal, met];
}

function renderBench(bench: BenchResult): string {
  const names = Object.keys(bench.metrics);
  const contenders = Object.keys(bench.summary) as (keyof typeof bench.summary)[];
  const rows = contenders.map((contender) => [
    contender,
    ...names.map((name) => {
      const value = bench.summary[contender]?.[name];
      return spread(metricOf(bench, name), value, bench.readings[contender] ?? [], name);
    }),
  ]);
  const header = ['contender', ...names.map((name) => metricOf(bench, name).label)];
  return [`## ${bench.name}`, `${bench.work}. ${bench.note}`, table(header, rows)].join('\n\n');
}

/** A figure with its range over the rounds: what a median hides is how much the rounds disagree. */
function spread(metric: Metric, value: number | undefined, readings: readonly Reading[], name: string): string {
  if (value === undefined) return '-';
  const values = readings.map((reading) => reading[name] ?? NaN);
  const [least, most] = [Math.min(...values), Math.max(...values)].map((end) => format(end, metric.digits));
  return `${format(value, metric.digits)} (${String(least)} to ${String(most)})`;
}

function metricOf(bench: BenchResult, name: string): Metric {
  const metric = bench.metrics[name];
  if (!metric) throw new Error(`${bench.name} has no metric ${name}`);
  return metric;
}

function format(value: number, digits: number): string {
  return value.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

function formatTimes(value: number): string {
  return value >= 10 ? value.toFixed(1) : value.toFixed(3);
}

function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(header), line(header.map(() => '---')), ...rows.map(line)].join('\n');
}
