// Ways in which the supervisor's process ends, and what is in its log files afterwards.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import test from 'node:test';
import { fixture } from '../../support/fixture.js';
import { logPlace, range } from '../../support/log-place.js';
import type { Ending } from '../../support/log-writer.js';
import { bodiesOf, linesOf, recordsIn } from '../../support/records-in.js';
import { runNode } from '../../support/run-node.js';
import { withSupervisor } from '../../support/with-supervisor.js';

const PROGRAM = new URL('../../fixtures/hosts/ends-while-logging.js', import.meta.url);
const LINES = 5_000;
/** What is promised: lines that are older than this are in the files, however the process ends. */
const OLD_MS = 100;
const ENDINGS: Record<Ending, number | NodeJS.Signals> = {
  exit: 0,
  throw: 1,
  SIGTERM: 'SIGTERM',
  abort: 'SIGABRT',
  SIGKILL: 'SIGKILL',
};

function assertWhole(dir: string): void {
  const own = linesOf(recordsIn(join(dir, 'app')), 1);
  assert.equal(own.length, LINES);
  assert.deepEqual(
    bodiesOf(own),
    range(0, LINES).map((line) => `line ${line} of a task that goes on`),
  );
  assert.deepEqual(
    own.map((record) => record['log.seq']),
    range(0, LINES),
  );
}

for (const isolation of ['thread', 'process']) {
  for (const [ending, how] of Object.entries(ENDINGS)) {
    test(`5,000 lines of a task are there, and none is torn, after ${ending} (isolation: ${isolation})`, async (t) => {
      const dir = logPlace(t);
      const { exitCode, signal } = await runNode(PROGRAM, dir, isolation, String(LINES), ending, String(OLD_MS));
      assert.equal(signal ?? exitCode, how);
      assertWhole(dir);
    });
  }

  for (const ending of ['exit', 'throw'] as const) {
    test(`5,000 lines of a task that were just taken are there after ${ending} at once (isolation: ${isolation})`, async (t) => {
      const dir = logPlace(t);
      const { exitCode } = await runNode(PROGRAM, dir, isolation, String(LINES), ending, 'at once');
      assert.equal(exitCode, ENDINGS[ending]);
      // The logger hears of a line before the files do. Where it ends the process, they do not get that one; its error is thrown afterwards.
      const taken = ending === 'exit' ? LINES - 1 : LINES;
      const own = linesOf(recordsIn(join(dir, 'app')), 1);
      assert.deepEqual(
        bodiesOf(own),
        range(0, taken).map((line) => `line ${line} of a task that goes on`),
      );
    });
  }
}

for (const ending of ['exit', 'throw'] as const) {
  test(`what was counted is said by a process that never closes its supervisor: ${ending}`, async (t) => {
    const dir = logPlace(t);
    const { exitCode } = await runNode(PROGRAM, dir, 'thread', String(LINES), ending, '0', 'counted');
    assert.equal(exitCode, ENDINGS[ending]);
    const records = recordsIn(join(dir, 'app'));
    const counted = records.reduce((sum, record) => sum + Number(record['suppressed.count'] ?? 0), 0);
    assert.equal(linesOf(records, 1).length + counted, LINES);
    assert.ok(counted > LINES / 2);
    const [summary] = records.filter((record) => record['event_name'] === 'log.summary');
    assert.equal((summary?.['attributes'] as Record<string, number>)['linesSuppressed'], counted);
  });
}

test('the next supervisor goes on in the directory of one that was killed', async (t) => {
  const dir = logPlace(t);
  await runNode(PROGRAM, dir, 'thread', String(LINES), 'SIGKILL', String(OLD_MS));
  await withSupervisor({ threads: 1, logs: { dir } }, async (supervisor) => {
    const { tell } = await supervisor.load<typeof import('../../fixtures/handlers/tells.js')>(fixture('tells'));
    await tell({ lines: ['the next one'] });
  });
  assert.equal(bodiesOf(linesOf(recordsIn(join(dir, 'app')), 1)).at(-1), 'the next one');
});
