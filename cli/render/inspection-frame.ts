import { countOpen, type Reading } from '../inspect/reading.js';
import { type InspectionLayout, inspectionLines } from './inspection.js';
import { formatCount, formatDuration, plural } from './units.js';

/** What an inspection found, from its beginning to its end. */
export interface Findings {
  /** What each supervisor said last. */
  last: Reading;
  /** When most was open. */
  peak: Reading;
  readings: number;
}

type EndLayout = Pick<InspectionLayout, 'columns' | 'cwd' | 'paint'>;

/** The table while the command runs, under a rule that parts it from what the command writes. */
export function liveLines(reading: Reading, layout: Omit<InspectionLayout, 'over'> & { unicode: boolean }): string[] {
  const dash = layout.unicode ? '─' : '-';
  const label = `${dash}${dash} plustwo inspect  ${formatDuration(reading.sinceMs)} `;
  const rule = layout.paint('dim', label + dash.repeat(Math.max(0, layout.columns - label.length)));
  return [rule, ...inspectionLines(reading, { ...layout, lines: layout.lines - 1, over: false })];
}

/** What is told once the command has ended: what each supervisor left open, and if that is nothing, what was open when most was. */
export function endText({ last, peak, readings }: Findings, { columns, cwd, paint }: EndLayout): string {
  const layout: InspectionLayout = { columns, cwd, paint, lines: Number.POSITIVE_INFINITY, over: true };
  if (last.supervisors.length === 0) {
    return 'plustwo inspect saw no supervisor; one in a process with an environment of its own cannot be seen\n';
  }
  const most = countOpen(peak);
  const when =
    most === countOpen(last) ? '' : `; most at once: ${formatCount(most)} open, after ${formatDuration(peak.sinceMs)}`;
  const head = `plustwo inspect: ${plural(readings, 'reading')} in ${formatDuration(last.sinceMs)}${when}`;
  const lines = [head, ...inspectionLines(last, layout)];
  if (countOpen(last) === 0 && most > 0) {
    lines.push(`after ${formatDuration(peak.sinceMs)}:`, ...inspectionLines(peak, { ...layout, over: false }));
  }
  return lines.map((line) => `${line}\n`).join('');
}
