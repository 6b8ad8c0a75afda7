import type { Commit, Machine } from '../harness/machine.js';
import { DAY_MS, HOUR_MS, type Shape } from './days.js';
import type { Kept } from './kept.js';
import type { Simulated } from './simulate.js';

/** A whole run, as it is written to a file. */
export interface FortyDaysResult {
  readonly v: 1;
  readonly date: string;
  readonly commit: Commit;
  readonly machine: Machine;
  readonly tookMs: number;
  readonly shape: Shape;
  readonly simulated: Simulated;
  readonly kept: Kept;
  /** The goals that were missed, in words. */
  readonly wrongs: readonly string[];
}

/** Percent of the bytes there would be without the gate, incidents included. */
const LEAST_CUT = 70;
const LONGEST_MS = 7 * DAY_MS + HOUR_MS;

/** What is not as it has to be. */
export function wrongsOf({ simulated, kept, shape }: Pick<FortyDaysResult, 'simulated' | 'kept' | 'shape'>): string[] {
  const wrongs: string[] = [];
  const expected = shape.days * shape.tasksPerDay * shape.linesPerTask;
  if (simulated.lines !== expected) wrongs.push(`${simulated.lines} lines were told, not ${expected}`);
  if (cutOf(simulated) < LEAST_CUT) wrongs.push(`${cutOf(simulated).toFixed(1)} % fewer bytes, not ${LEAST_CUT} %`);
  if (simulated.oldestMs > LONGEST_MS) wrongs.push(`a line of the app log was ${inDays(simulated.oldestMs)} old`);
  const { all, whole, others } = kept.incidents;
  if (whole !== all) wrongs.push(`${whole} of ${all} incidents are whole`);
  if (others > 0) wrongs.push(`${others} incidents with nothing behind them`);
  wrongs.push(...simulated.notices.map((notice) => `the files said ${notice}`));
  return wrongs;
}

/** Percent fewer bytes written. */
export function cutOf({ bytes: { app, incidents, ungated } }: Simulated): number {
  return 100 * (1 - (app + incidents) / ungated);
}

/** The run as a page of Markdown. */
export function renderFortyDays(result: FortyDaysResult): string {
  const { date, commit, machine, shape, simulated, kept, wrongs, tookMs } = result;
  const { app, incidents, ungated } = simulated.bytes;
  const rows = [
    ['lines told', simulated.lines.toLocaleString('en-US')],
    ['written without a gate', megabytes(ungated)],
    [
      'written: app log + incidents',
      `${megabytes(app)} + ${megabytes(incidents)}, ${cutOf(simulated).toFixed(1)} % fewer`,
    ],
    [
      'app log at the end',
      `${kept.app.from} to ${kept.app.to}, ${kept.app.records} records, ${megabytes(kept.app.bytesOnDisk)} packed`,
    ],
    ['oldest line there ever was in it', inDays(simulated.oldestMs)],
    ['incidents at the end that nothing stands behind', String(kept.incidents.others)],
    [
      'incidents at the end',
      `${kept.incidents.whole} of ${kept.incidents.all} whole, ${megabytes(kept.incidents.bytesOnDisk)} packed`,
    ],
  ];
  return [
    `# ${shape.days} days of logs`,
    `${date.slice(0, 10)}, commit ${commit.short}${commit.dirty ? ' with changes' : ''}. ${machine.cpu}, Node ${machine.node}, load ${machine.load.toFixed(2)}; ${(tookMs / 1000).toFixed(0)} s.`,
    ['| | |', '| --- | --- |', ...rows.map((cells) => `| ${cells.join(' | ')} |`)].join('\n'),
    wrongs.length === 0 ? 'All goals are met.' : `Missed: ${wrongs.join('; ')}.`,
    '',
  ].join('\n\n');
}

const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(2)} MB`;
const inDays = (ms: number): string => `${Math.floor(ms / DAY_MS)} days ${((ms % DAY_MS) / HOUR_MS).toFixed(1)} h`;
