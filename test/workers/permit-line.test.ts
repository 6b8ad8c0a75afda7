import assert from 'node:assert/strict';
import test from 'node:test';
import { PermitLine } from '../../workers/permit-line.js';
import { DependencyTable, dependencyBytes, holderOf, NO_PERMIT } from '../../workers/protocol/dependencies.js';

const HERE = holderOf(0, 1);
const THERE = holderOf(1, 1);
const TERMS = [{ name: 'billing', concurrency: 1, breaker: null }];
const NEVER = new AbortController().signal;

/** A line of one thread, before a table whose only permit another thread has. */
function line(): { table: DependencyTable; line: PermitLine; permit: number } {
  const table = new DependencyTable({ memory: new SharedArrayBuffer(dependencyBytes(TERMS)), terms: TERMS });
  const permit = table.take(0, THERE);
  return { table, permit, line: new PermitLine({ table, index: 0, holder: HERE, refusal: () => undefined }) };
}

test('a permit that becomes free right after it was looked for is not missed', async (t) => {
  const { table, line: waiting, permit } = line();
  const take = table.take.bind(table);
  let looks = 0;
  t.mock.method(table, 'take', (index: number, holder: number) => {
    const found = take(index, holder);
    if (++looks === 1) table.release(0, permit);
    return found;
  });
  assert.notEqual(await waiting.wait(NEVER), NO_PERMIT);
  assert.equal(looks, 2);
});

test('is served again after nobody had waited for a while', async () => {
  const { table, line: waiting, permit } = line();
  let held = permit;
  for (let time = 0; time < 3; time++) {
    const turn = waiting.wait(NEVER);
    assert.equal(table.waiting(0), 1);
    table.release(0, held);
    await turn;
    assert.equal(table.waiting(0), 0);
    table.release(0, await turn);
    await new Promise((resolve) => setImmediate(resolve));
    held = table.take(0, THERE);
  }
});

test('takes at once when a permit is free and nobody waits', () => {
  const { table, line: waiting, permit } = line();
  assert.equal(waiting.take(), NO_PERMIT);
  table.release(0, permit);
  assert.notEqual(waiting.take(), NO_PERMIT);
});

test('turns away who waits for what has lost its point, with the reason', async () => {
  const { table } = line();
  const point: { lost?: Error } = {};
  const waiting = new PermitLine({ table, index: 0, holder: HERE, refusal: () => point.lost });
  const turns = [1, 2].map(() => waiting.wait(NEVER));
  point.lost = new Error('no use');
  table.retire(THERE, 0);
  for (const turn of turns) await assert.rejects(turn, point.lost);
  assert.deepEqual([table.waiting(0), table.figures(0, 0).running], [0, 0]);
});
