import assert from 'node:assert/strict';
import { join } from 'node:path';
import test, { after, before } from 'node:test';
import type { Handle, LedgerRow, Supervisor } from '../../../runtime/index.js';
import { type Material, makeMaterial, withPackages } from '../../support/package-material.js';

/** How often each task runs, one half on a thread of its own and one half beside others. */
const RUNS = 200;

/** One task of a fixture. Each is there twice, as a cpu task and, with `Io` behind its name, as an io task. */
interface Row {
  readonly module: string;
  readonly task: string;
  readonly input: (run: number) => unknown;
  readonly value: unknown;
  /** What it leaves behind and the line that opens it; nothing if it is clean. */
  readonly leaves?: {
    readonly resource: 'file' | 'socket';
    readonly openedAt: RegExp;
    readonly path: (run: number) => string;
  };
}

let material: Material;
before(async () => {
  material = await makeMaterial();
});
after(() => material[Symbol.asyncDispose]());

const fixture = (module: string): URL => new URL(`../../fixtures/packages/${module}.js`, import.meta.url);
const made = (name: string): string => join(material.folder, name);
const picture = (kind: string) => (run: number) => ({ file: material.picture, to: made(`${run}.${kind}`) });

const CLEAN: readonly Row[] = [
  { module: 'sharp', task: 'thumbnail', input: picture('jpg'), value: 'jpeg 24 x 16' },
  { module: 'sharp', task: 'recode', input: picture('webp'), value: 'webp' },
  { module: 'undici', task: 'askAndClose', input: () => material.origin, value: 15 },
  { module: 'undici', task: 'askPooled', input: () => material.origin, value: 5 },
  { module: 'glob', task: 'count', input: () => material.tree, value: [20, 20] },
  { module: 'glob', task: 'first', input: () => material.tree, value: true },
  { module: 'glob', task: 'some', input: () => material.tree, value: 3 },
  {
    module: 'tar',
    task: 'packAndUnpack',
    input: (run) => ({ folder: join(material.tree, '1'), to: made(`${run}.tgz`) }),
    value: [4, 4],
  },
  {
    module: 'pdfkit',
    task: 'report',
    input: (run) => ({ picture: material.picture, to: made(`${run}.pdf`) }),
    value: '%PDF- %%EOF',
  },
];

const user = (module: string): RegExp => new RegExp(`/test/fixtures/packages/${module}\\.ts:\\d+:\\d+$`);

const LEAKING: readonly Row[] = [
  {
    module: 'sharp',
    task: 'widthOfHead',
    input: () => material.picture,
    value: 96,
    leaves: { resource: 'file', openedAt: user('sharp'), path: () => material.picture },
  },
  {
    module: 'tar',
    task: 'firstName',
    input: () => material.archive,
    value: 'big.bin',
    leaves: { resource: 'file', openedAt: user('tar'), path: () => material.archive },
  },
  {
    // Opened from a callback of the package: nobody of the user's is on the stack.
    module: 'tar',
    task: 'firstBytes',
    input: () => material.tree,
    value: 512,
    leaves: {
      resource: 'file',
      openedAt: /\/node_modules\/tar\/.+:\d+:\d+$/,
      path: () => join(material.tree, 'big.bin'),
    },
  },
  {
    module: 'pdfkit',
    task: 'endless',
    input: (run) => made(`endless ${run}.pdf`),
    value: true,
    leaves: { resource: 'file', openedAt: user('pdfkit'), path: (run) => made(`endless ${run}.pdf`) },
  },
  {
    module: 'undici',
    task: 'statusOnly',
    input: () => material.origin,
    value: 200,
    leaves: { resource: 'socket', openedAt: user('undici'), path: () => ` -> ${new URL(material.origin).host}` },
  },
];

type Handles = Readonly<Record<string, Handle<unknown, unknown>>>;

async function load(supervisor: Supervisor): Promise<(row: Row, run: number) => Handles[string]> {
  const modules = new Map<string, Handles>();
  for (const module of ['sharp', 'undici', 'glob', 'tar', 'pdfkit']) {
    modules.set(module, await supervisor.load<Record<string, (input: unknown) => unknown>>(fixture(module)));
  }
  return ({ module, task }, run) => {
    const handle = modules.get(module)?.[nameOf(task, run)];
    assert.ok(handle, `${module} has no ${task}`);
    return handle;
  };
}

/** Of two runs one is an io attempt. */
const nameOf = (task: string, run: number): string => (run % 2 === 0 ? task : `${task}Io`);

/** Everything at once, in turns; of some tasks only the first few runs. */
async function runAll(supervisor: Supervisor, rows: readonly Row[], some: readonly Row[] = []): Promise<void> {
  const handleOf = await load(supervisor);
  const runs = Array.from({ length: RUNS }, (_, run) =>
    [...rows, ...(run < RUNS / 10 ? some : [])].map((row) => ({ row, run })),
  ).flat();
  await Promise.all(
    runs.map(async ({ row, run }) => {
      assert.deepEqual(await handleOf(row, run)(row.input(run)), row.value, row.task);
    }),
  );
}

/** How often each task stands in rows. */
function counts(rows: readonly LedgerRow[]): Record<string, number> {
  const found: Record<string, number> = {};
  for (const { task, count } of rows) found[task] = (found[task] ?? 0) + count;
  return found;
}

function expected(resource: 'file' | 'socket'): Record<string, number> {
  const rows = LEAKING.filter(({ leaves }) => leaves?.resource === resource);
  return Object.fromEntries(rows.flatMap(({ task }) => [0, 1].map((run) => [nameOf(task, run), RUNS / 2])));
}

test('tasks that close what packages open for them are accused of nothing', async () => {
  const report = await withPackages({ threads: 4 }, async (supervisor) => {
    await runAll(supervisor, CLEAN);
    const { leaks, retained, recycles } = supervisor.snapshot();
    assert.deepEqual(leaks, []);
    assert.deepEqual(retained, []);
    assert.deepEqual(recycles, []);
  });
  assert.deepEqual(report.errors, []);
});

test('tasks that forget what packages opened are named with the line, among others that are clean', async () => {
  // Some threads are replaced on the way: what they had counts on.
  const report = await withPackages({ threads: 4, recycle: { descriptors: 128 } }, async (supervisor) => {
    await runAll(supervisor, LEAKING, CLEAN);
    const { leaks, retained, recycles } = supervisor.snapshot();
    assert.ok(recycles.length > 0);
    assert.deepEqual(counts(leaks), expected('file'));
    assert.deepEqual(counts(retained), expected('socket'));
    for (const { task, resource, openedAt } of [...leaks, ...retained]) {
      const { leaves } = LEAKING.find((row) => task === row.task || task === `${row.task}Io`) ?? {};
      assert.equal(resource, leaves?.resource, task);
      assert.match(openedAt ?? 'no line', leaves?.openedAt ?? /^$/, task);
    }
  });
  assert.deepEqual(report.errors, []);
});

test('files that stand behind a pipe nobody empties are named as soon as they are garbage', async () => {
  await withPackages({ threads: 1 }, async (supervisor) => {
    const { firstNamePiped } = await supervisor.load<typeof import('../../fixtures/packages/tar.js')>(fixture('tar'));
    const { endlessPiped } = await supervisor.load<typeof import('../../fixtures/packages/pdfkit.js')>(
      fixture('pdfkit'),
    );
    const { collect } = await supervisor.load<typeof import('../../fixtures/packages/collect.js')>(fixture('collect'));
    for (let run = 0; run < 10; run++) {
      await firstNamePiped(material.archive);
      await endlessPiped(made(`piped ${run}.pdf`));
    }
    for (let round = 0; round < 50 && named(supervisor) < 20; round++) await collect();
    const { leaks } = supervisor.snapshot();
    assert.deepEqual(counts(leaks), { firstNamePiped: 10, endlessPiped: 10 });
    for (const { task, openedAt } of leaks) {
      assert.match(openedAt ?? 'no line', user(task === 'firstNamePiped' ? 'tar' : 'pdfkit'));
    }
  });
});

function named(supervisor: Supervisor): number {
  return supervisor.snapshot().leaks.reduce((sum, { count }) => sum + count, 0);
}

test('each run tells what it opened, and what it left', async () => {
  await withPackages({ threads: 2 }, async (supervisor) => {
    const handleOf = await load(supervisor);
    for (const row of [...CLEAN, ...LEAKING.filter(({ leaves }) => leaves?.resource === 'file')]) {
      for (const run of [0, 1]) {
        for await (const item of handleOf(row, run).map([row.input(run)])) {
          assert.equal(item.status, 'ok', row.task);
          const { leaked } = item.usage.descriptors;
          assert.deepEqual(
            leaked.map(({ resource, path }) => ({ resource, path })),
            row.leaves === undefined ? [] : [{ resource: 'file', path: row.leaves.path(run) }],
            row.task,
          );
          for (const { openedAt } of leaked) assert.match(openedAt ?? 'no line', row.leaves!.openedAt, row.task);
        }
      }
    }
  });
});

test('what a package keeps open for a task can be looked at while it is', async () => {
  await withPackages({ threads: 1 }, async (supervisor) => {
    const handleOf = await load(supervisor);
    for (const row of LEAKING) await handleOf(row, 0)(row.input(0));
    const { threads } = await supervisor.inspect();
    const holdings = threads.flatMap((thread) => thread.holdings);
    for (const { task, leaves } of LEAKING) {
      assert.ok(leaves);
      const [found, ...more] = holdings.filter((holding) => holding.task === task);
      assert.deepEqual(more, [], task);
      assert.equal(found?.resource, leaves.resource, task);
      assert.equal(found.standing, leaves.resource === 'file' ? 'leaked' : 'retained', task);
      assert.ok(found.path?.endsWith(leaves.path(0)), `${task}: ${found.path}`);
      assert.match(found.openedAt ?? 'no line', leaves.openedAt, task);
      assert.equal(typeof found.descriptor, 'number', task);
    }
  });
});

test("an idle connection of a client that nobody closed is nobody's leak, and closed with its thread", async () => {
  const report = await withPackages({ threads: 2 }, async (supervisor) => {
    const { askUnclosed, askUnclosedIo } = await supervisor.load<typeof import('../../fixtures/packages/undici.js')>(
      fixture('undici'),
    );
    const runs = Array.from({ length: RUNS }, (_, run) =>
      (run % 2 === 0 ? askUnclosed : askUnclosedIo)(material.origin),
    );
    assert.deepEqual(new Set(await Promise.all(runs)), new Set([5]));
    const { leaks, retained } = supervisor.snapshot();
    assert.deepEqual(leaks, []);
    assert.deepEqual(retained, []);
  });
  assert.deepEqual(new Set(report.closed.map(({ resource }) => resource)), new Set(['socket']));
});
