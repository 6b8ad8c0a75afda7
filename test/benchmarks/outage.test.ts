// The drill itself, in small: real processes, a real server, the default breaker.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { root, runNode } from '../docs/support/run-program.js';

interface Tally {
  readonly calls: { readonly before: number; readonly outage: number; readonly after: number };
  readonly breaks: readonly number[];
  readonly mostAtOnce: number;
  readonly ok: number;
  readonly failed: Readonly<Record<string, number>>;
  readonly failedLater: number;
  readonly seconds: readonly (readonly [number, number])[];
}

const program = join(root, 'dist/benchmarks/outage.js');
const TASKS = 300;
const terms = ['--tasks', `${TASKS}`, '--before', '0.5', '--outage', '2', '--after', '0.5', '--concurrency', '8'];

async function drilled(t: TestContext, contender: string): Promise<Tally> {
  const folder = mkdtempSync(join(tmpdir(), 'plustwo-drill-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const json = join(folder, 'result.json');
  const { code, stderr } = await runNode(program, [
    ...terms,
    '--threads',
    '2',
    '--contender',
    contender,
    '--json',
    json,
  ]);
  assert.equal(code, 0, stderr);
  const { tallies } = JSON.parse(readFileSync(json, 'utf8')) as { tallies: Record<string, Tally> };
  const found = tallies[contender];
  assert.ok(found !== undefined);
  return found;
}

/** Every task reached the server or was refused before, and every call stands in a second. */
function checkBooks({ calls, ok, failed, seconds }: Tally): void {
  const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
  assert.equal(ok + sum(Object.values(failed)), TASKS);
  assert.equal(sum(seconds.map(([all]) => all)), calls.before + calls.outage + calls.after);
  assert.ok(calls.outage > 0);
}

for (const contender of ['plustwo, uses', 'plustwo, ctx.call']) {
  test(`${contender}: the circuit opens, and what comes afterwards waits and ends ok`, async (t) => {
    const found = await drilled(t, contender);
    checkBooks(found);
    assert.ok(found.breaks.length >= 1);
    assert.ok(found.mostAtOnce <= 8, `${found.mostAtOnce} calls at once`);
    assert.ok(found.failedLater <= found.breaks.length, `${found.failedLater} of those that came later failed`);
  });
}

test('Piscina + p-retry: there is no circuit, and who fails has called three times', async (t) => {
  const found = await drilled(t, 'Piscina + p-retry');
  checkBooks(found);
  assert.deepEqual(found.breaks, []);
  const refused = found.seconds.reduce((total, [, failed]) => total + failed, 0);
  assert.ok(refused >= 3 * (found.failed['Error'] ?? 0));
});

test('a misspelt option ends the drill before anything is started, and says what there is', async () => {
  const { code, stderr } = await runNode(program, ['--contender', 'piscina']);
  assert.equal(code, 2);
  assert.match(
    stderr,
    /^drill: --contender has to be one of plustwo, uses, plustwo, ctx\.call, Piscina \+ p-retry, not piscina; see /,
  );
});
