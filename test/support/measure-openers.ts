import type { Handles, Supervisor, SupervisorOptions } from '../../runtime/index.js';
import type { Opener, OpenerModule } from './openers.js';
import type { Place } from './place.js';

/** What is told of one opener. */
export interface Measured {
  readonly title: string;
  /** What it was told as, null when only the kernel shows it; and how it stood after its task, null when nothing was told. */
  readonly resource: string | null;
  readonly standing: string | null;
  /** Whether its task was named, its path or address, and the line that opened it. */
  readonly task: boolean;
  readonly path: boolean;
  readonly line: boolean;
  /** Whether nothing is left to be told once its task has closed it; null where it cannot be closed. */
  readonly closing: boolean | null;
}

/** Handles of an opener's tasks. */
export type OpenerTasks = Handles<Required<Pick<OpenerModule, 'open' | 'clean'>>>;

/** One thread that keeps everything, so that all of it can be seen. */
export const MEASURING: SupervisorOptions = {
  threads: 1,
  stacks: 'always',
  recycle: false,
  // Those of what is experimental.
  execArgv: ['--no-warnings'],
};

/** Asked so often, a thread has had time to finish what was closed in a task's last moment. */
const MOST_LOOKS = 200;

/** Runs an opener, first cleanly, and takes down what is told of it. */
export async function measureOpener(
  supervisor: Supervisor,
  tasks: OpenerTasks,
  place: Place,
  opener: Opener,
): Promise<Measured> {
  const closing = opener.cleans ? await isClosingSeen(supervisor, tasks, place) : null;
  const before = unattributed(supervisor).map(({ key }) => key);
  await tasks.open(place);
  const { title } = opener.expected;
  const told = await toldOf(supervisor, tasks.open.taskName, place, opener);
  return { title, ...(told ?? shownOf(supervisor, tasks.open.taskName, place, opener, before)), closing };
}

type Told = Omit<Measured, 'title' | 'closing'>;

/** What the ledger tells of it; nothing when it has not seen it. */
async function toldOf(
  supervisor: Supervisor,
  task: string,
  place: Place,
  { expected, line }: Opener,
): Promise<Told | undefined> {
  const { threads } = await supervisor.inspect();
  const { leaks, retained } = supervisor.snapshot();
  const candidates = [
    ...leaks.map((row) => ({ ...row, standing: 'leaked' })),
    ...retained.map((row) => ({ ...row, standing: 'retained' })),
    ...threads.flatMap(({ holdings }) => holdings),
  ].filter((row) => row.task === task || isNobodys(row, line));
  const found = candidates.find(({ resource }) => resource === expected.resource) ?? candidates[0];
  if (found === undefined) return undefined;
  const { resource, standing, path, openedAt } = found;
  return {
    resource,
    standing,
    task: found.task === task,
    path: path?.includes(expected.named(place)) === true,
    line: line === null ? openedAt !== null : openedAt?.startsWith(line) === true,
  };
}

/** What waits in a pool belongs to the pool; its line says who opened it. */
function isNobodys(
  row: { task: string | null; standing: string; openedAt: string | null },
  line: string | null,
): boolean {
  return row.task === null && row.standing === 'pooled' && line !== null && row.openedAt?.startsWith(line) === true;
}

/** What the kernel shows of it. */
function shownOf(
  supervisor: Supervisor,
  label: string,
  place: Place,
  { expected }: Opener,
  before: readonly string[],
): Told {
  const named = expected.named(place);
  const found = unattributed(supervisor).find(({ key, link }) => !before.includes(key) && link.includes(named));
  return {
    resource: null,
    standing: found === undefined ? null : 'unattributed',
    task: found?.task === label,
    path: found !== undefined,
    line: false,
  };
}

async function isClosingSeen(supervisor: Supervisor, { clean }: OpenerTasks, place: Place): Promise<boolean> {
  const open = descriptorsOpen(supervisor);
  const before = unattributed(supervisor).length;
  await clean(place);
  for (let look = 0; look < MOST_LOOKS; look++) {
    const { threads } = await supervisor.inspect();
    const left = threads.flatMap(({ holdings }) => holdings).filter(({ task }) => task === clean.taskName);
    const isAsBefore = descriptorsOpen(supervisor) === open && unattributed(supervisor).length <= before;
    if (left.length === 0 && isAsBefore) break;
    if (look === MOST_LOOKS - 1) return false;
  }
  const { leaks, retained } = supervisor.snapshot();
  return ![...leaks, ...retained].some(({ task }) => task === clean.taskName);
}

function descriptorsOpen(supervisor: Supervisor): number | null | undefined {
  return supervisor.snapshot().threads[0]?.descriptorsOpen;
}

function unattributed(supervisor: Supervisor): { key: string; link: string; task: string | null }[] {
  return supervisor
    .snapshot()
    .unattributed.map(({ descriptor, link, task }) => ({ key: `${descriptor} ${link}`, link, task }));
}
