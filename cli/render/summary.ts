import type { Failure, ItemStatus, RunReport } from '../commands/run-report.js';
import { suggest } from '../suggest.js';
import type { Paint } from './paint.js';
import { shortPath } from './places.js';
import { countOf } from './resources.js';
import { cut, formatCount, formatDuration, formatRate, plural } from './units.js';
import { visible } from './visible.js';
import { cutEnd } from './width.js';

const namedFailures = 10;
const longestName = 60;
const outputLines = 5;
const indent = ' '.repeat(8);

/** How and for whom. */
export interface SummaryLayout {
  columns: number;
  cwd: string;
  paint: Paint;
}

/** What a run did, for a person: its failures by name, what befell it, then one line of figures. */
export function summaryText(report: RunReport, { columns, cwd, paint }: SummaryLayout): string {
  const lines = [
    ...failureLines(report, columns, paint),
    ...unnamedLines(report),
    ...endingLines(report),
    ...processLines(report),
    ...dependencyLines(report, paint),
    ...(report.config === null ? [] : [paint('dim', `options from ${shortPath(report.config, cwd)}`)]),
    figuresLine(report, paint),
  ];
  return `${lines.join('\n')}\n`;
}

/** The one thing that even a quiet run tells: why it broke off. Empty for one that did not. */
export function brokenOffText(report: RunReport): string {
  return endingLines(report)
    .map((line) => `plustwo: ${line}\n`)
    .join('');
}

/** What a run did, for a program: the report as one line of JSON. */
export function summaryJson(report: RunReport): string {
  return `${JSON.stringify(report)}\n`;
}

function failureLines(report: RunReport, columns: number, paint: Paint): string[] {
  const failed = report.done - report.counts.ok;
  const lines = report.failures
    .slice(0, namedFailures)
    .flatMap((failure) => [failureLine(failure, columns, paint), ...lastOutput(failure, columns, paint)]);
  const unnamed = failed - Math.min(report.failures.length, namedFailures);
  if (unnamed > 0) lines.push(`… and ${formatCount(unnamed)} more`);
  return lines;
}

function failureLine(failure: Failure, columns: number, paint: Paint): string {
  const { status, attempts } = failure;
  const tries = attempts > 1 ? ` (${attempts} attempts)` : '';
  const name = cut(visible(failure.label), longestName);
  const reason = `${reasonOf(failure)}${tries}`;
  const room = columns - status.length - name.length - 4;
  return `${paint('red', status)}  ${name}  ${cut(visible(reason), Math.max(room, 20))}`;
}

function reasonOf({ error: { name, message, code } }: Failure): string {
  const [first = ''] = message.split('\n');
  // That it is lost stands before it; what counts is the signal or exit code, which comes last and would be cut off.
  if (code === 'PLUSTWO_THREAD_LOST') return first.replace(/^The thread was lost: /, '');
  return `${name}: ${first}${code === undefined || message.includes(code) ? '' : ` [${code}]`}`;
}

/** What a process said before it died is often the only thing that tells why. */
function lastOutput({ error: { output = '' } }: Failure, columns: number, paint: Paint): string[] {
  const lines = output.split('\n').filter((line) => line.trim() !== '');
  return lines.slice(-outputLines).map((line) => paint('dim', `${indent}| ${cutEnd(visible(line), columns - 10)}`));
}

/** What to do about dependencies that tasks called and nobody named. */
function unnamedLines({ failures, dependencies }: RunReport): string[] {
  const unnamed = new Set(failures.flatMap(({ error: { dependency = [] } }) => dependency));
  return [...unnamed].map((name) => {
    const meant = suggest(name, Object.keys(dependencies));
    const remedy =
      meant === undefined ? `To name it: --dependency ${visible(name)}` : `Did you mean ${visible(meant)}?`;
    return `ctx.call knows no ${visible(name)}. ${remedy}`;
  });
}

function processLines({ processes: { died, restarted } }: RunReport): string[] {
  if (died === 0) return [];
  const dead = `${countOf('process', died)} died`;
  if (restarted < died) return [`${dead}, ${formatCount(restarted)} of them restarted`];
  return [`${dead} and ${died === 1 ? 'was' : 'were'} restarted`];
}

function dependencyLines({ dependencies }: RunReport, paint: Paint): string[] {
  return Object.entries(dependencies)
    .filter(([, { calls }]) => calls > 0)
    .map(([name, { calls, failures, opened }]) => {
      const parts = [plural(calls, 'call')];
      if (failures > 0) parts.push(`${formatCount(failures)} failed`);
      const line = `${cutEnd(visible(name), longestName)}: ${parts.join(', ')}`;
      if (opened === 0) return paint('dim', line);
      return `${line}, ${paint('yellow', `down ${opened === 1 ? 'once' : `${formatCount(opened)} times`}`)}`;
    });
}

function endingLines({ ending, total, done }: RunReport): string[] {
  switch (ending.by) {
    case 'inputs-done':
    case 'reader':
      return [];
    case 'signal': {
      const left = total === null ? 'inputs are left' : `${plural(total - done, 'item')} not run`;
      return [`stopped by ${ending.signal}: ${left}`];
    }
    case 'input':
    case 'output':
    case 'threads':
      return [`stopped: ${ending.message}`];
  }
}

function figuresLine(report: RunReport, paint: Paint): string {
  const { counts, done, logs } = report;
  const missing = [
    ...(logs.dropped === 0 ? [] : [`${plural(logs.dropped, 'log line')} dropped`]),
    ...(logs.lost === 0 ? [] : [`${plural(logs.lost, 'log record')} lost`]),
  ];
  const dropped = missing.map((each) => `  ${paint('yellow', each)}`).join('');
  if (done === 0) return `no items, ${formatDuration(report.wallMs)}${dropped}`;
  const parts = [paint(counts.ok === done ? 'green' : 'bold', `${formatCount(counts.ok)} ok`)];
  for (const status of ['failed', 'timed-out', 'lost', 'cancelled'] satisfies ItemStatus[]) {
    if (counts[status] > 0) parts.push(paint('red', `${formatCount(counts[status])} ${status}`));
  }
  const figures = [
    formatDuration(report.wallMs),
    formatRate(report.itemsPerSecond),
    ...(report.cpuMs === null ? [] : [`CPU ${formatDuration(report.cpuMs)}`]),
    plural(report.threads, 'thread'),
  ];
  return `${parts.join(', ')} of ${plural(done, 'item')}  ${paint('dim', figures.join('  '))}${dropped}`;
}
