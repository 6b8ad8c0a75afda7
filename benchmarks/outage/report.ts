import { amplification, goalsOf } from './goals.js';
import type { DrillResult } from './result.js';
import type { Share, Tally } from './tally.js';
import type { Drilled } from './terms.js';

const BY_HAND: Drilled = 'Piscina + p-retry';

type Cells = (tally: Tally, result: DrillResult) => string;

const ROWS: readonly (readonly [string, Cells])[] = [
  ['calls before the outage', ({ calls }) => count(calls.before)],
  ['**calls during the outage**', ({ calls }) => `**${count(calls.outage)}**`],
  ['calls after it', ({ calls }) => count(calls.after)],
  ['calls per call without retries, until the circuit opened', ({ closed }) => ratio(closed)],
  ['the same, from the start of the outage on', ({ failing }) => ratio(failing)],
  ['failed calls in each break', ({ breaks }) => (breaks.length === 0 ? 'no circuit' : breaks.join(', '))],
  ['most calls at once', ({ mostAtOnce }) => count(mostAtOnce)],
  ['tasks ok', ({ ok }) => count(ok)],
  ['tasks failed', ({ failed }) => failures(failed)],
  [
    'of them, came after the circuit had opened',
    ({ failedLater, breaks }) => (breaks.length === 0 ? '-' : count(failedLater)),
  ],
  ['all settled, seconds after the recovery', ({ settledAfter }) => settledAfter.toFixed(1)],
  ['calls during the outage, those of Piscina + p-retry divided by', (tally, result) => factor(tally, result)],
];

/** The result as Markdown: under which terms and on which machine, every contender, and the goals. */
export function renderDrill(result: DrillResult): string {
  const drilled = Object.keys(result.tallies) as Drilled[];
  const head = ['', ...drilled.map((name) => name.replace('ctx.call', '`ctx.call`').replace('uses', '`uses`'))];
  const rows = ROWS.map(([label, cell]) => [
    label,
    ...drilled.map((name) => {
      const found = result.tallies[name];
      return found === undefined ? '-' : cell(found, result);
    }),
  ]);
  return [termsLine(result), table(head, rows), machineLine(result), ...goalsTable(result, drilled), ''].join('\n\n');
}

function termsLine({ terms }: DrillResult): string {
  const { tasks, before, outage, after, concurrency, threads, isolation } = terms;
  return [
    `${count(tasks)} tasks with 3 attempts each, evenly over ${count(before + outage + after)} seconds; the server serves for ${count(before)} s,`,
    `fails for ${count(outage)} s and serves again. \`concurrency: ${count(concurrency)}\`, ${count(threads)} threads for everyone, \`isolation: '${isolation}'\`.`,
  ].join('\n');
}

function machineLine({ date, commit, machine, versions, quick }: DrillResult): string {
  const libraries = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  const run = `${date.slice(0, 10)}, commit ${commit.short}${commit.dirty ? ' with changes' : ''}`;
  const host = `${machine.cpu}, ${count(machine.cores)} cores, ${machine.kernel}, Node ${machine.node}`;
  return `${run}${quick ? ', quick (too short for a verdict)' : ''}. ${host}; ${libraries.join(', ')}.`;
}

function goalsTable({ tallies, terms, quick }: DrillResult, drilled: readonly Drilled[]): string[] {
  const rows = drilled
    .filter((name) => name !== BY_HAND)
    .flatMap((name) => {
      const found = tallies[name];
      return (found === undefined ? [] : goalsOf(found, terms.concurrency)).map(({ what, value, most, digits }) => [
        `${name}: ${what}`,
        Number.isNaN(value) ? '-' : value.toFixed(digits),
        `<= ${most.toFixed(digits === 2 ? 1 : 0)}`,
        quick ? '-' : value <= most ? 'yes' : 'no',
      ]);
    });
  return rows.length === 0 ? [] : [table(['goal', 'value', 'at most', 'met'], rows)];
}

function ratio(share: Share): string {
  return `${amplification(share).toFixed(2)} (${count(share.calls)} / ${count(share.first)})`;
}

function failures(failed: Tally['failed']): string {
  const sum = Object.values(failed).reduce((total, one) => total + one, 0);
  const kinds = Object.entries(failed).map(([code, one]) => `${count(one)} \`${code}\``);
  return kinds.length === 0 ? '0' : `${count(sum)}: ${kinds.join(', ')}`;
}

function factor({ calls }: Tally, { tallies }: DrillResult): string {
  const byHand = tallies[BY_HAND];
  return byHand === undefined ? '-' : (byHand.calls.outage / calls.outage).toFixed(1);
}

function count(value: number): string {
  return value.toLocaleString('en-US');
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}
