// Ways in which a process ends, and what is in its log files afterwards.
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import test from 'node:test';
import { indicesIn, logPlace, range } from '../../../support/log-place.js';
import { type Ending, LogWriter } from '../../../support/log-writer.js';

const LINES = 5_000;
const terms = { prefix: 'app', retentionMs: 7 * 86_400_000 };
const ways: Record<Ending, unknown> = { exit: 0, throw: 1, SIGTERM: 'SIGTERM', SIGKILL: 'SIGKILL', abort: 'SIGABRT' };

for (const [ending, how] of Object.entries(ways) as [Ending, unknown][]) {
  test(`5,000 lines of the turn before are there after ${ending}`, async (t) => {
    const dir = logPlace(t);
    const writer = await LogWriter.up(t);
    await writer.ask({ do: 'open', terms: { dir, ...terms } });
    await writer.ask({ do: 'write', from: 0, to: LINES });
    assert.equal(await writer.last({ do: 'end', ending }), how);
    assert.deepEqual(indicesIn(dir), range(0, LINES));
  });

  test(`5,000 lines that were handed over are there after ${ending} at once`, async (t) => {
    const dir = logPlace(t);
    const writer = await LogWriter.up(t);
    await writer.ask({ do: 'open', terms: { dir, ...terms } });
    assert.equal(await writer.last({ do: 'write', from: 0, to: LINES, flush: true, ending }), how);
    assert.deepEqual(indicesIn(dir), range(0, LINES));
  });
}

for (const ending of ['exit', 'throw'] as const) {
  test(`5,000 lines that were not even handed over are there after ${ending} at once`, async (t) => {
    const dir = logPlace(t);
    const writer = await LogWriter.up(t);
    await writer.ask({ do: 'open', terms: { dir, ...terms } });
    assert.equal(await writer.last({ do: 'write', from: 0, to: LINES, ending }), ways[ending]);
    assert.deepEqual(indicesIn(dir), range(0, LINES));
  });
}

test('the next process goes on where a killed one was, and is not kept out by its lock', async (t) => {
  const dir = logPlace(t);
  for (let life = 0; life < 3; life++) {
    const writer = await LogWriter.up(t);
    const answer = await writer.ask<object>({ do: 'open', terms: { dir, ...terms } });
    assert.ok('current' in answer, JSON.stringify(answer));
    await writer.last({ do: 'write', from: life * LINES, to: (life + 1) * LINES, flush: true, ending: 'SIGKILL' });
  }
  assert.deepEqual(indicesIn(dir), range(0, 3 * LINES));
  assert.deepEqual(
    readdirSync(dir).filter((name) => name.startsWith('.')),
    ['.lock'],
  );
});

test('two processes do not write to one directory', async (t) => {
  const dir = logPlace(t);
  const [first, second] = [await LogWriter.up(t), await LogWriter.up(t)];
  const opening = [first, second].map((writer) => writer.ask<object>({ do: 'open', terms: { dir, ...terms } }));
  const answers = await Promise.all(opening);
  const [winner, loser] = 'current' in (answers[0] ?? {}) ? [first, second] : [second, first];
  const busy = answers.filter((answer) => 'busy' in answer);
  assert.deepEqual(busy, [{ busy: { pid: winner.pid } }]);
  await winner.ask({ do: 'close' });
  assert.ok('current' in (await loser.ask<object>({ do: 'open', terms: { dir, ...terms } })));
});
