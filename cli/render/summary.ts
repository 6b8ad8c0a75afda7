import type { Failure, ItemStatus, RunReport } from '../commands/run-report.js';
import type { Paint } from './paint.js';
import { cut, formatCount, formatDuration, formatRate, plural } from './units.js';
import { visible } from './visible.js';

const namedFailures = 10;
const longestName = 60;

/** What a run did, for a person: its failures by name, then one line of figures. */
export function summaryText(report: RunReport, columns: number, paint: Paint): string {
  return `${[...failureLines(report, columns, paint), ...endingLines(report), figuresLine(report, paint)].join('\n')}\n`;
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
  const lines = report.failures.slice(0, namedFailures).map((failure) => failureLine(failure, columns, paint));
  if (failed > lines.length) lines.push(`… and ${formatCount(failed - lines.length)} more`);
  return lines;
}

function failureLine(failure: Failure, columns: number, paint: Paint): string {
  const { status, error, attempts } = failure;
  const tries = attempts > 1 ? ` (${attempts} attempts)` : '';
  const [message = ''] = error.message.split('\n');
  const code = error.code === undefined || error.message.includes(error.code) ? '' : ` [${error.code}]`;
  const name = cut(visible(failure.label), longestName);
  const reason = `${error.name}: ${message}${code}${tries}`;
  const room = columns - status.length - name.length - 4;
  return `${paint('red', status)}  ${name}  ${cut(visible(reason), Math.max(room, 20))}`;
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
  const { counts, done } = report;
  if (done === 0) return `no items, ${formatDuration(report.wallMs)}`;
  const parts = [paint(counts.ok === done ? 'green' : 'bold', `${formatCount(counts.ok)} ok`)];
  for (const status of ['failed', 'timed-out', 'lost', 'cancelled'] satisfies ItemStatus[]) {
    if (counts[status] > 0) parts.push(paint('red', `${formatCount(counts[status])} ${status}`));
  }
  const figures = [
    formatDuration(report.wallMs),
    formatRate(report.itemsPerSecond),
    `CPU ${formatDuration(report.cpuMs)}`,
    plural(report.threads, 'thread'),
  ];
  return `${parts.join(', ')} of ${plural(done, 'item')}  ${paint('dim', figures.join('  '))}`;
}
