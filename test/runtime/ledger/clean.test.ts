// Tasks that close what they open, each in a way that is easily taken for a leak.
import assert from 'node:assert/strict';
import { closeSync, fstatSync, openSync } from 'node:fs';
import test from 'node:test';
import type { LedgerRow, SettledEvent, Supervisor } from '../../../runtime/index.js';
import { fixture } from '../../support/fixture.js';
import { Gate } from '../../support/gate.js';
import { outcomeOf } from '../../support/outcome-of.js';
import { withPlace } from '../../support/with-place.js';
import { withSupervisor } from '../../support/with-supervisor.js';

type Files = typeof import('../../fixtures/handlers/clean/files.js');
type Lifetimes = typeof import('../../fixtures/handlers/clean/lifetimes.js');

const MODULES = ['files', 'streams', 'sockets', 'lifetimes'];
/** They need more than a place. */
const APART = ['giveNumberAway', 'closeAfterReturn', 'closeWhenAborted'];
const ROUNDS = 3;
/** At once. */
const TOGETHER = 6;

/** Everything the supervisor says against tasks while a test runs. */
function listen(supervisor: Supervisor): Accusation[] {
  const told: Accusation[] = [];
  supervisor.on('leak', (row) => told.push({ by: 'leak', ...row }));
  supervisor.on('settled', ({ task, usage }: SettledEvent) => {
    for (const leak of usage.descriptors.leaked) told.push({ by: 'usage', task, ...leak });
  });
  return told;
}

type Accusation = { readonly by: string; readonly task: string | null } & Pick<LedgerRow, 'path' | 'openedAt'>;

/** Everything that is said against tasks now, also when their thread is asked to look again. */
async function accusations(supervisor: Supervisor): Promise<Accusation[]> {
  const { threads } = await supervisor.inspect();
  const { leaks, retained, tasks } = supervisor.snapshot();
  const left = threads.flatMap(({ holdings }) => holdings).filter(({ standing }) => standing === 'leaked');
  const counted = Object.entries(tasks).filter(([, { leaked }]) => leaked !== 0);
  return [
    ...leaks.map((row) => ({ by: 'leaks', ...row })),
    ...retained.map((row) => ({ by: 'retained', ...row })),
    ...left.map((note) => ({ by: 'inspect', ...note })),
    ...counted.map(([task]) => ({ by: 'tasks', task, path: null, openedAt: null })),
  ];
}

const of = (task: string, told: readonly Accusation[]): Accusation[] => told.filter((row) => row.task === task);

for (const [kind, stacks] of [
  ['cpu', 'suspect'],
  ['io', 'off'],
] as const) {
  const how = kind === 'cpu' ? 'one after the other' : 'sharing a thread';
  test(`no task that closes what it opens is accused: ${how}, stacks ${stacks}`, async (t) => {
    await withPlace(async (place) => {
      await withSupervisor({ threads: 1, kind, stacks }, async (supervisor) => {
        const told = listen(supervisor);
        for (const module of MODULES) {
          const tasks = await supervisor.load(fixture(`clean/${module}`));
          for (const [name, handle] of Object.entries(tasks).filter(([name]) => !APART.includes(name))) {
            await t.test(name, async () => {
              const calls = Array.from({ length: kind === 'cpu' ? ROUNDS : TOGETHER }, () => place);
              for await (const item of handle.map(calls)) assert.equal(item.status, 'ok');
              const accused = [...told, ...(await accusations(supervisor))];
              assert.deepEqual(of(handle.taskName, accused), []);
            });
          }
        }
      });
    });
  });
}

test('no two tasks that close what they open are accused when all of them run together', async () => {
  await withPlace(async (place) => {
    await withSupervisor({ threads: 2, kind: 'io' }, async (supervisor) => {
      const told = listen(supervisor);
      const all: (() => Promise<unknown>)[] = [];
      for (const module of MODULES) {
        const tasks = await supervisor.load(fixture(`clean/${module}`));
        const handles = Object.entries(tasks).filter(([name]) => !APART.includes(name));
        for (const [, handle] of handles) all.push(() => handle(place));
      }
      for (let round = 0; round < ROUNDS; round++) await Promise.all(all.map((call) => call()));
      assert.deepEqual([...told, ...(await accusations(supervisor))], []);
    });
  });
});

const loadFiles = (supervisor: Supervisor) => supervisor.load<Files>(fixture('clean/files'));

test('a number that somebody else has got meanwhile is not its former owner’s leak', async (t) => {
  await withPlace(async ({ fifo, file }) => {
    if (fifo === undefined) {
      t.skip('there are no named pipes here');
      return;
    }
    let own: number | undefined;
    const identity = () => (own === undefined ? undefined : identityOf(own));
    await withSupervisor({ threads: 1 }, async (supervisor) => {
      const told = listen(supervisor);
      const { giveNumberAway } = await loadFiles(supervisor);
      const gate = new Gate();
      const given = giveNumberAway({ fifo, words: gate.words });
      await gate.arrived();
      own = openSync(file, 'r');
      const was = identity();
      gate.open();
      assert.equal(await given, own, 'the host has got the number that was free');
      assert.deepEqual([...told, ...(await accusations(supervisor))], []);
      assert.deepEqual(identity(), was, 'nobody closed what is the host’s');
      closeSync(own);
    });
  });
});

function identityOf(fd: number): { dev: number; ino: number } | undefined {
  try {
    const { dev, ino } = fstatSync(fd);
    return { dev, ino };
  } catch {
    return undefined;
  }
}

test('a task that closes some milliseconds after it returned is not accused in the end', async () => {
  await withPlace(async ({ file }) => {
    await withSupervisor({ threads: 1 }, async (supervisor) => {
      const { closeAfterReturn } = await loadFiles(supervisor);
      const gate = new Gate();
      for (let times = 0; times < 5; times++) await closeAfterReturn({ file, words: gate.words });
      await gate.marked(5);
      assert.deepEqual(await accusations(supervisor), []);
    });
  });
});

test('a task that closes in a finally when it is cancelled is not accused', async () => {
  await withPlace(async ({ file }) => {
    await withSupervisor({ threads: 1 }, async (supervisor) => {
      const told = listen(supervisor);
      const { closeWhenAborted } = await supervisor.load<Lifetimes>(fixture('clean/lifetimes'));
      const gate = new Gate();
      const controller = new AbortController();
      const calls = Array.from({ length: 5 }, () =>
        outcomeOf(closeWhenAborted({ file, words: gate.words }, { signal: controller.signal })),
      );
      await gate.arrived(5);
      controller.abort(new Error('not wanted any more'));
      for (const ended of await Promise.all(calls)) assert.equal(ended.status, 'rejected');
      await gate.marked(5);
      assert.deepEqual([...told, ...(await accusations(supervisor))], []);
    });
  });
});
