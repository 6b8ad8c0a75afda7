import type { Down } from '../commands/circuits.js';
import type { Paint } from './paint.js';
import { cut, formatCount, formatDuration, formatRate, formatWait, plural } from './units.js';
import { visible } from './visible.js';

/** Where a run stands. */
export interface Figures {
  done: number;
  failed: number;
  /** How many there are, once that is known. */
  total: number | undefined;
  perSecond: number;
  threadsRunning: number;
  /** The signal's first effect: nothing new starts. */
  stopping: boolean;
  /** Dependencies that are down. */
  down: readonly Down[];
}

/** The two characters of a bar. */
export interface BarStyle {
  full: string;
  empty: string;
}

export const blocks: BarStyle = { full: '█', empty: '░' };
export const ascii: BarStyle = { full: '#', empty: '-' };

const longestName = 30;
const longestBar = 30;
const shortestBar = 8;

/** The line of a terminal `columns` wide: a bar as long as there is room for, and the figures. */
export function progressLine(figures: Figures, columns: number, bar: BarStyle, paint: Paint): string {
  // The last column stays free: some terminals move to the next line as soon as it is used.
  const width = columns - 1;
  const parts = describe(figures);
  while (parts.length > 1 && lengthOf(parts) > width) parts.pop();
  const room = Math.min(longestBar, width - lengthOf(parts) - 2);
  const painted = parts.map(({ text, bad }) => (bad ? paint('red', text) : text)).join('  ');
  if (figures.total === undefined || room < shortestBar) return lengthOf(parts) > width ? cut(painted, width) : painted;
  const full = figures.total === 0 ? room : Math.floor((room * figures.done) / figures.total);
  return `${paint('cyan', bar.full.repeat(full))}${paint('dim', bar.empty.repeat(room - full))}  ${painted}`;
}

/** The same figures as a sentence, for a stream that is read later or by a program. */
export function progressSentence(figures: Figures): string {
  return describe(figures)
    .map(({ text }) => text)
    .join(', ');
}

interface Part {
  text: string;
  bad?: boolean;
}

/** The most important first: a narrow terminal loses the last ones. */
function describe(figures: Figures): Part[] {
  const { done, total, failed, perSecond, threadsRunning, stopping, down } = figures;
  const parts: Part[] = [];
  if (total === undefined) parts.push({ text: `${formatCount(done)} done` });
  else parts.push({ text: `${formatCount(done)}/${formatCount(total)}` });
  if (failed > 0) parts.push({ text: `${formatCount(failed)} failed`, bad: true });
  if (stopping) parts.push({ text: 'stopping' });
  parts.push(...down.map((dependency) => ({ text: describeDown(dependency), bad: true })));
  if (total !== undefined && total > 0) parts.push({ text: `${Math.floor((done / total) * 100)}%` });
  parts.push({ text: formatRate(perSecond) });
  // The pace before an outage says nothing about what comes after it.
  if (total !== undefined && perSecond > 0 && !stopping && down.length === 0 && done < total) {
    parts.push({ text: `ETA ${formatDuration(((total - done) / perSecond) * 1000)}` });
  }
  parts.push({ text: `${plural(threadsRunning, 'thread')} running` });
  return parts;
}

function describeDown({ name, retryInMs, waiting }: Down): string {
  const next = retryInMs > 0 ? `trying again in ${formatWait(retryInMs)}` : 'trying it now';
  const wait = waiting === 0 ? '' : `; ${plural(waiting, 'item')} ${waiting === 1 ? 'waits' : 'wait'}`;
  return `${cut(visible(name), longestName)} is down, ${next}${wait}`;
}

function lengthOf(parts: readonly Part[]): number {
  return parts.reduce((sum, { text }) => sum + text.length, 0) + 2 * (parts.length - 1);
}
