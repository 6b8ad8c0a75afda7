import { countOpen, type Holding, type Reading, type SupervisorReading } from '../inspect/reading.js';
import type { Paint } from './paint.js';
import { shortPath } from './places.js';
import { countOf } from './resources.js';
import { type Column, table } from './table.js';
import { formatCount, plural } from './units.js';
import { visible } from './visible.js';
import { cutEnd } from './width.js';

/** How and for whom. */
export interface InspectionLayout {
  columns: number;
  /** How many lines at most. */
  lines: number;
  cwd: string;
  paint: Paint;
  /** Whether the command has ended: who did not answer then never will. */
  over: boolean;
}

type Standing = Holding['standing'] | 'unattributed';

/** Things that are alike but for their number. */
interface Group {
  threads: Set<number>;
  busy: boolean;
  task: string;
  resource: string;
  standing: Standing;
  openedAt: string;
  example: string;
  count: number;
}

/** What matters most comes first. */
const order: readonly Standing[] = ['leaked', 'retained', 'open', 'unattributed', 'pooled'];

/** A reading as tables, one for each supervisor: what is open by thread, task and line. */
export function inspectionLines({ supervisors }: Pick<Reading, 'supervisors'>, layout: InspectionLayout): string[] {
  const lines: string[] = [];
  for (const [index, supervisor] of supervisors.entries()) {
    const share = Math.floor((layout.lines - lines.length) / (supervisors.length - index));
    lines.push(...supervisorLines(supervisor, { ...layout, lines: Math.max(1, share) }));
  }
  return lines.slice(0, layout.lines);
}

function supervisorLines(supervisor: SupervisorReading, layout: InspectionLayout): string[] {
  const { columns, paint } = layout;
  const title = paint('bold', cutEnd(titleOf(supervisor, layout.over), columns));
  const notes = busyNote(supervisor).map((note) => paint('dim', cutEnd(note, columns)));
  const room = layout.lines - 2 - notes.length;
  let groups = groupsOf(supervisor, layout.cwd, true);
  const folded = groups.length > room;
  if (folded) groups = groupsOf(supervisor, layout.cwd, false);
  if (groups.length === 0 || room < 1) return [title, ...notes].slice(0, layout.lines);
  return [title, ...groupLines(groups, folded, { ...layout, lines: room }), ...notes];
}

function groupLines(groups: readonly Group[], folded: boolean, { columns, paint, lines }: InspectionLayout): string[] {
  const shown = groups.length > lines ? groups.slice(0, lines - 1) : groups;
  const [heading = '', ...rows] = table(
    headings(folded),
    shown.map((group) => cellsOf(group, folded)),
    columns,
  );
  const painted = rows.map((row, index) => {
    const { standing } = shown[index] ?? {};
    if (standing === 'leaked') return paint('yellow', row);
    return standing === 'pooled' ? paint('dim', row) : row;
  });
  const rest = groups.slice(shown.length);
  const open = rest.reduce((sum, { count }) => sum + count, 0);
  const more =
    rest.length === 0 ? [] : [paint('dim', `… and ${formatCount(open)} more in ${plural(rest.length, 'row')}`)];
  return [paint('dim', heading), ...painted, ...more];
}

function headings(folded: boolean): Column[] {
  return [
    { heading: folded ? 'THREADS' : 'THREAD', align: 'right', keep: 'start', least: 7 },
    { heading: 'TASK', keep: 'start', least: 8 },
    { heading: 'WHAT', keep: 'start', least: 30 },
    { heading: 'OPENED AT', keep: 'end', least: 14 },
    { heading: 'WHERE IT LEADS', keep: 'end', least: 12 },
  ];
}

function cellsOf(
  { threads, busy, task, resource, standing, openedAt, example, count }: Group,
  folded: boolean,
): string[] {
  const thread = folded ? threads.size : [...threads].join();
  const what =
    standing === 'unattributed' ? `${formatCount(count)} unattributed` : `${countOf(resource, count)} ${standing}`;
  return [`${thread || '-'}${busy ? '*' : ''}`, task, what, openedAt, count > 1 ? `${example}, …` : example];
}

function groupsOf({ threads, unattributed }: SupervisorReading, cwd: string, byThread: boolean): Group[] {
  const groups = new Map<string, Group>();
  const add = (slot: number | undefined, busy: boolean, { task, resource, standing, openedAt, path }: Seen): void => {
    const key = JSON.stringify([byThread ? slot : null, task, resource, standing, openedAt]);
    const group = groups.get(key) ?? {
      threads: new Set(),
      busy: false,
      task: task === null ? '-' : visible(task),
      resource,
      standing,
      openedAt: openedAt === null ? '-' : shortPath(openedAt, cwd),
      example: path === null ? '' : shortPath(path, cwd),
      count: 0,
    };
    groups.set(key, group);
    group.count++;
    group.busy ||= busy;
    if (slot !== undefined) group.threads.add(slot);
  };
  for (const { slot, answered, holdings } of threads) for (const holding of holdings) add(slot, !answered, holding);
  for (const { link, task } of unattributed) {
    add(undefined, false, { task, resource: 'file', standing: 'unattributed', openedAt: null, path: link });
  }
  return [...groups.values()].sort(
    (a, b) => order.indexOf(a.standing) - order.indexOf(b.standing) || b.count - a.count || firstOf(a) - firstOf(b),
  );
}

type Seen = Pick<Holding, 'task' | 'resource' | 'openedAt' | 'path'> & { standing: Standing };

function firstOf({ threads }: Group): number {
  return Math.min(...threads);
}

function titleOf(supervisor: SupervisorReading, over: boolean): string {
  const { name, pid, threads, unattributed } = supervisor;
  const open = countOpen({ supervisors: [supervisor] });
  const standings = (['leaked', 'retained', 'pooled'] as const).map((standing) => {
    const count = threads.reduce(
      (sum, { holdings }) => sum + holdings.filter((one) => one.standing === standing).length,
      0,
    );
    return count === 0 ? '' : `, ${formatCount(count)} ${standing}`;
  });
  const unknown = unattributed.length === 0 ? '' : `, ${formatCount(unattributed.length)} unattributed`;
  const what = open === 0 ? 'nothing open' : `${formatCount(open)} open`;
  return `${visible(name)} (pid ${pid}, ${stateOf(supervisor, over)}): ${what}${standings.join('')}${unknown}`;
}

function stateOf({ answered, last, state }: SupervisorReading, over: boolean): string {
  if (last) return 'closing';
  if (over) return 'never closed';
  return answered ? state : 'does not answer';
}

function busyNote({ threads }: SupervisorReading): string[] {
  const busy = threads.filter(({ answered, threadId }) => !answered && threadId !== null).map(({ slot }) => slot);
  if (busy.length === 0) return [];
  return [`* too busy to answer, seen from outside: thread${busy.length === 1 ? '' : 's'} ${busy.join(', ')}`];
}
