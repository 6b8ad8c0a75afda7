import type { LeaksMode } from '../commands/run-options.js';
import type { Growth, LedgerRow, RunReport } from '../commands/run-report.js';
import type { Paint } from './paint.js';
import { shortPath } from './places.js';
import { countOf } from './resources.js';
import { formatBytes, formatCount, plural } from './units.js';
import { visible } from './visible.js';
import { cutEnd, cutStart, widthOf } from './width.js';

/** What of a run's report is told of its ledger. */
export type LedgerReport = Pick<RunReport, 'leaks' | 'retained' | 'growth' | 'recycles'>;

/** How and for whom. */
export interface LedgerLayout {
  columns: number;
  cwd: string;
  paint: Paint;
  mode: LeaksMode | undefined;
}

const namedLeaks = 10;
const namedRetained = 5;
/** A snapshot has no more of them. */
const keptRecycles = 100;
const longestTask = 30;
const indent = ' '.repeat(8);

/** What tasks left open, what their memory did, and what followed from it; empty when all is well. */
export function ledgerText(report: LedgerReport, layout: LedgerLayout): string {
  const lines = [
    ...leakLines(report.leaks, layout),
    ...retainedLines(report.retained, layout),
    ...growthLines(report.growth, layout),
    ...recycleLines(report.recycles, layout),
    ...(report.leaks.length === 0 ? [] : [layout.paint('dim', nextStep(report.leaks, layout.mode))]),
    ...verdictLines(report.leaks, layout.mode),
  ];
  return lines.map((line) => `${line}\n`).join('');
}

/** The one thing that even a quiet run tells of its ledger: that it failed because of it. */
export function verdictText(report: LedgerReport, mode: LeaksMode | undefined): string {
  return verdictLines(report.leaks, mode)
    .map((line) => `plustwo: ${line}\n`)
    .join('');
}

/** How many there are, in all rows. */
export function countLeaks(rows: readonly LedgerRow[]): number {
  return rows.reduce((sum, { count }) => sum + count, 0);
}

function leakLines(rows: readonly LedgerRow[], layout: LedgerLayout): string[] {
  const shown = mostFirst(rows).slice(0, namedLeaks);
  return [...shown.flatMap((row) => leakRow(row, layout)), ...restLine(rows, shown)];
}

/** One line where all of it fits; else the path, which tells most and is longest, has the next one to itself. */
function leakRow(row: LedgerRow, { columns, cwd, paint }: LedgerLayout): string[] {
  const head = `${countOf(row.resource, row.count)}  ${taskOf(row)}  `;
  const place = placeOf(row, cwd);
  const path = row.path === null ? '' : shortPath(row.path, cwd) + (row.count > 1 ? ', …' : '');
  const painted = (place: string): string => `${paint('yellow', 'leaked')}  ${head}${place}`;
  const room = columns - 'leaked  '.length - widthOf(head);
  if (path === '') return [painted(cutStart(place, room))];
  if (widthOf(place) + 2 + widthOf(path) <= room) return [`${painted(place)}  ${path}`];
  return [painted(cutStart(place, room)), indent + cutStart(path, columns - indent.length)];
}

/** What outlives its task may be meant to: one line, and no advice. */
function retainedLines(rows: readonly LedgerRow[], { columns, cwd, paint }: LedgerLayout): string[] {
  const shown = mostFirst(rows).slice(0, namedRetained);
  const lines = shown.map((row) => {
    const head = `${countOf(row.resource, row.count)}  ${taskOf(row)}  `;
    const room = columns - 'retained  '.length - widthOf(head);
    const place = row.openedAt === null ? (row.path ?? '') : row.openedAt;
    return `${paint('dim', 'retained')}  ${head}${cutStart(shortPath(place, cwd), room)}`.trimEnd();
  });
  return [...lines, ...restLine(rows, shown)];
}

function restLine(rows: readonly LedgerRow[], shown: readonly LedgerRow[]): string[] {
  if (shown.length === rows.length) return [];
  const more = countLeaks(rows) - countLeaks(shown);
  return [`… and ${formatCount(more)} more in ${plural(rows.length - shown.length, 'place')}; --json has all`];
}

function nextStep(rows: readonly LedgerRow[], mode: LeaksMode | undefined): string {
  if (mode === undefined && rows.some(({ openedAt }) => openedAt === null)) {
    return 'To see the line of every opening: plustwo run --leaks …';
  }
  return 'Close them where they are opened, or declare them: shared() of plustwo/task.';
}

/** Threads that found the same are one line: a task grows alike wherever it runs. */
function growthLines(found: RunReport['growth'], { columns, paint }: LedgerLayout): string[] {
  const groups = new Map<string, Growth[]>();
  for (const growth of found) {
    const key = JSON.stringify([growth.task, growth.where]);
    groups.set(key, [...(groups.get(key) ?? []), growth]);
  }
  return [...groups.values()].map((group) => {
    const [{ task, where }] = group as [Growth];
    const sum = (of: (growth: Growth) => number): number => group.reduce((total, growth) => total + of(growth), 0);
    const tasks = sum((growth) => growth.tasks);
    const perTask = sum((growth) => growth.bytesPerTask * growth.tasks) / tasks;
    const kept = `${formatBytes(sum((growth) => growth.retainedBytes))} ${where === 'heap' ? 'of heap' : 'outside the heap'}`;
    const text = `${task === null ? 'each task' : visible(task)} keeps ${formatBytes(perTask)}, ${kept} after ${plural(tasks, 'task')}`;
    return `${paint('yellow', 'grows')}  ${cutEnd(text, columns - 'grows  '.length)}`;
  });
}

function recycleLines(records: RunReport['recycles'], { columns, paint }: LedgerLayout): string[] {
  const groups = new Map<string, { times: number; inVain: number }>();
  for (const { reason, task, helped } of records) {
    const why = reasons[reason] + (task === null ? '' : ` by ${visible(task)}`);
    const group = groups.get(why) ?? { times: 0, inVain: 0 };
    groups.set(why, group);
    group.times++;
    if (helped === false) group.inVain++;
  }
  const more = records.length >= keptRecycles ? ' or more' : '';
  return [...groups].map(([why, { times, inVain }]) => {
    const vain = inVain === 0 ? '' : `, ${formatCount(inVain)} of them in vain`;
    const head = `${plural(times, 'thread')}${more}: `;
    const room = columns - 'recycled  '.length - head.length - vain.length;
    return `${paint('dim', 'recycled')}  ${head}${cutEnd(why, room)}${vain}`;
  });
}

const reasons: Readonly<Record<RunReport['recycles'][number]['reason'], string>> = {
  heapGrowth: 'memory kept',
  descriptors: 'descriptors left open',
  tasks: 'enough tasks run',
  age: 'old enough',
};

function verdictLines(leaks: readonly LedgerRow[], mode: LeaksMode | undefined): string[] {
  if (mode !== 'fail' || leaks.length === 0) return [];
  return [`failed by --leaks fail: ${plural(countLeaks(leaks), 'leak')}`];
}

function mostFirst(rows: readonly LedgerRow[]): LedgerRow[] {
  return [...rows].sort((a, b) => b.count - a.count);
}

function taskOf({ task }: LedgerRow): string {
  return cutEnd(visible(task), longestTask);
}

function placeOf({ openedAt }: LedgerRow, cwd: string): string {
  return openedAt === null ? '(line not noted)' : shortPath(openedAt, cwd);
}
