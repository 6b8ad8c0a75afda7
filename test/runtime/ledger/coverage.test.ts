// Every way to open something, in a thread: what is told of it, and that it is told no more once it is closed.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import type { Usage } from '../../../runtime/index.js';
import { childrenOf, childrenSince } from '../../support/children-of.js';
import { MEASURING, type Measured, measureOpener, type OpenerTasks } from '../../support/measure-openers.js';
import { type Opener, type OpenerModule, readOpeners } from '../../support/openers.js';
import type { Place } from '../../support/place.js';
import { withOrphans } from '../../support/with-orphans.js';
import { withPlace } from '../../support/with-place.js';

interface Table {
  /** Cells of a page's row for one Node, by title. */
  cellsOn(page: string, line: number): ReadonlyMap<string, readonly string[]>;
  lines(page: string): readonly number[];
  cells(measured: Measured): readonly string[];
}

const root = new URL('../../../../', import.meta.url);
const openers = await readOpeners();
const table = (await import(new URL('scripts/coverage-matrix.mjs', root).href)) as Table;
const measured = new Map<Opener, Measured>();

/** What one opener is expected to be told as, and what it left open is expected to cost. */
function assertTold(opener: Opener, found: Measured, usage: Usage | undefined, place: Place): void {
  const { resource, standing, title, named } = opener.expected;
  const { task, ...told } = found;
  const closing = opener.cleans ? true : null;
  assert.deepEqual(told, { title, resource, standing, path: true, line: opener.line !== null, closing });
  // A pool's socket is nobody's, and of native code not even the thread is sure.
  const isSomebodys = standing === 'leaked' || standing === 'retained';
  if (isSomebodys) assert.ok(task, 'its task is named');
  if (standing === 'pooled') assert.ok(!task, 'its task is not accused');
  if (standing !== 'leaked') {
    assert.deepEqual(usage?.descriptors.leaked, []);
    return;
  }
  assert.equal(usage?.descriptors.leaked.length, 1);
  const [leak] = usage.descriptors.leaked;
  assert.equal(leak?.resource, resource);
  assert.ok(leak.path?.includes(named(place)), `${leak.path} is named`);
  assert.ok(leak.openedAt?.startsWith(opener.line ?? ''), `${leak.openedAt} is ${opener.line}`);
}

test('what is opened in a thread is told with its task, its path and its line', async (t) => {
  await withPlace(async (place) => {
    const children = childrenOf();
    const usages = new Map<string, Usage>();
    const report = await withOrphans(MEASURING, async (supervisor) => {
      assert.ok(supervisor.snapshot().capabilities.descriptorsByThread);
      supervisor.on('settled', ({ task, usage }) => usages.set(task, usage));
      const loaded = new Map<Opener, OpenerTasks>();
      for (const opener of openers) loaded.set(opener, await supervisor.load<Required<OpenerModule>>(opener.url));
      for (const [opener, tasks] of loaded) {
        await t.test(opener.expected.title, async () => {
          const found = await measureOpener(supervisor, tasks, place, opener);
          measured.set(opener, found);
          assertTold(opener, found, usages.get(tasks.open.taskName), place);
        });
      }
    });
    await t.test('everything that was open at the end was closed, and is in the close report', async () => {
      const lines = openers.flatMap(({ line }) => line ?? []);
      const missing = lines.filter((line) => !report.closed.some(({ openedAt }) => openedAt?.startsWith(line)));
      assert.deepEqual(missing, []);
      assert.deepEqual(report.errors, []);
      const outliving = openers.filter(({ expected }) => expected.outlives === true);
      assert.deepEqual(
        report.orphans.map(({ link }) => link),
        outliving.map(({ expected }) => expected.named(place)),
      );
      assert.deepEqual(await childrenSince(children), []);
    });
  });
});

test('the table in the docs says what was measured', () => {
  const page = readFileSync(new URL('docs/ledger-coverage.md', root), 'utf8');
  const line = Number(process.versions.node.split('.')[0]);
  const lines = table.lines(page);
  assert.ok(lines.length >= 2);
  const candidates = (lines.includes(line) ? [line] : lines).map((candidate) => table.cellsOn(page, candidate));
  for (const found of measured.values()) {
    const rows = candidates.map((rows) => rows.get(found.title));
    const cells = table.cells(found);
    assert.ok(
      rows.some((row) => JSON.stringify(row) === JSON.stringify(cells)),
      `${found.title}: measured ${cells.join(' | ')}, the page says ${rows.map((row) => row?.join(' | ')).join(' or ')}`,
    );
  }
  assert.equal(measured.size, openers.length);
  const titles = new Set(openers.map(({ expected }) => expected.title));
  if (!lines.includes(line)) return;
  const shown = [...(candidates[0] ?? new Map<string, never>()).keys()];
  assert.deepEqual(
    shown.filter((title) => !titles.has(title)),
    [],
    'rows of the page that nobody measures',
  );
});
