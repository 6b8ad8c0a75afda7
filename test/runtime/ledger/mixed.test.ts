// Leaking and clean task types together, many at a time in one thread: whose it is must not be mixed up.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { fileURLToPath } from 'node:url';
import type { LedgerRow, Supervisor } from '../../../runtime/index.js';
import { Chance } from '../../simulation/seeded.js';
import { fixture } from '../../support/fixture.js';
import { type OpenerModule, readOpeners } from '../../support/openers.js';
import { outcomeOf } from '../../support/outcome-of.js';
import type { Place } from '../../support/place.js';
import { withOrphans } from '../../support/with-orphans.js';
import { withPlace } from '../../support/with-place.js';

/** How often each type runs; those that start a process or a thread, which take long, less often. */
const TIMES = 10;
const TIMES_SLOW = 2;
const AT_A_TIME = 18;
const SLOW = new Set(['child-spawn', 'child-exec', 'child-fork', 'new-worker', 'worker-with-file']);
const SLOW_CLEAN = new Set(['handToChild', 'endThreadInTheLastMoment']);
/** They need more than a place. */
const APART = new Set(['giveNumberAway', 'closeAfterReturn', 'closeWhenAborted']);

interface TaskType {
  readonly call: (place: Place) => Promise<unknown>;
  readonly label: () => string;
  readonly times: number;
  /** What each of its tasks leaves behind; undefined for a clean one. */
  readonly leaves?: { readonly resource: string; readonly named: (place: Place) => string; readonly line: string };
}

/** All openers, leaving open what they open and closing it. */
async function openerTypes(supervisor: Supervisor): Promise<TaskType[]> {
  const types: TaskType[] = [];
  for (const { name, url, expected, line, cleans } of await readOpeners()) {
    const { open, clean } = await supervisor.load<Required<OpenerModule>>(url);
    const { resource, standing, named } = expected;
    const times = SLOW.has(name) ? TIMES_SLOW : TIMES;
    const own = { call: open, label: () => open.taskName, times };
    // What native code opens is told with a task only while that task runs alone.
    if (standing === 'pooled') types.push(own);
    else if (resource !== null) types.push({ ...own, leaves: { resource, named, line: line ?? '' } });
    if (cleans) types.push({ call: clean, label: () => clean.taskName, times });
  }
  return types;
}

/** Handlers that only look like leaking ones. */
async function cleanTypes(supervisor: Supervisor): Promise<TaskType[]> {
  const types: TaskType[] = [];
  for (const module of ['files', 'streams', 'sockets', 'lifetimes']) {
    const tasks = await supervisor.load(fixture(`clean/${module}`));
    for (const [name, call] of Object.entries(tasks)) {
      const times = SLOW_CLEAN.has(name) ? TIMES_SLOW : TIMES;
      if (!APART.has(name)) types.push({ call, label: () => call.taskName, times });
    }
  }
  return types;
}

/** Handlers that leak in a roundabout way. */
async function leakyTypes(supervisor: Supervisor): Promise<TaskType[]> {
  const source = fileURLToPath(new URL('../../../../test/fixtures/handlers/leaky.ts', import.meta.url));
  const lines = readFileSync(source, 'utf8').split('\n');
  const tasks = await supervisor.load(fixture('leaky'));
  return Object.entries(tasks).map(([name, call]) => {
    const line = `${source}:${lines.findIndex((text) => text.endsWith(`// ${name} opens`)) + 1}:`;
    return {
      call,
      label: () => call.taskName,
      times: TIMES,
      leaves: { resource: 'file', named: ({ file }) => file, line },
    };
  });
}

/** Runs them all, in an order of chance. */
async function runAll(types: readonly TaskType[], place: Place): Promise<number> {
  const chance = new Chance(18);
  const order = types
    .flatMap((type) => Array.from({ length: type.times }, () => ({ type, at: chance.next() })))
    .sort((a, b) => a.at - b.at);
  const left = order.values();
  const runTheRest = async (): Promise<void> => {
    for (const { type } of left) await outcomeOf(type.call(place));
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, runTheRest));
  return order.length;
}

test('leaking and clean tasks mixed: every leak is named, nobody else is accused', async () => {
  await withPlace(async (place) => {
    await withOrphans({ threads: 3, kind: 'io', execArgv: ['--no-warnings'] }, async (supervisor) => {
      const types = [
        ...(await openerTypes(supervisor)),
        ...(await leakyTypes(supervisor)),
        ...(await cleanTypes(supervisor)),
      ];
      const leaking = types.filter(({ leaves }) => leaves !== undefined);
      assert.ok(leaking.length >= 40, `${leaking.length} leaking types`);
      assert.ok(types.length - leaking.length >= 40, `${types.length - leaking.length} clean types`);
      const events: LedgerRow[] = [];
      supervisor.on('leak', (row) => events.push(row));
      const tasks = await runAll(types, place);
      await supervisor.inspect();
      const { leaks, retained, tasks: figures } = supervisor.snapshot();
      const rows = [...leaks, ...retained];
      const of = (type: TaskType) => rows.filter(({ task }) => task === type.label());
      assert.deepEqual(
        types.flatMap((type) => wrong(type, of(type), place)),
        [],
      );
      const labels = new Set(leaking.map((type) => type.label()));
      assert.deepEqual(
        [...events, ...rows].filter(({ task }) => !labels.has(task)),
        [],
      );
      assert.equal(
        events.length,
        leaks.reduce((sum, { count }) => sum + count, 0),
      );
      const settled = Object.values(figures).map(({ ok, failed }) => ok + failed);
      assert.equal(
        settled.reduce((sum, count) => sum + count, 0),
        tasks,
      );
    });
  });
});

/** What is wrong with the rows of a type: a leaking one has one row, with its line and all its tasks counted; a clean one has none. */
function wrong({ leaves, label, times }: TaskType, rows: readonly LedgerRow[], place: Place): unknown[] {
  if (leaves === undefined) return [...rows];
  const [row, ...more] = rows;
  const isNamed =
    row?.resource === leaves.resource &&
    row.count === times &&
    row.path?.includes(leaves.named(place)) === true &&
    row.openedAt?.startsWith(leaves.line) === true;
  return isNamed && more.length === 0 ? [] : [{ task: label(), times, line: leaves.line, rows }];
}
