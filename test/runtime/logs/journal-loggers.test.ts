import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import type { Heard } from '../../fixtures/hosts/logs-through.js';
import { filesIn, logPlace, range } from '../../support/log-place.js';
import { bodiesOf, recordsIn } from '../../support/records-in.js';
import { runNode } from '../../support/run-node.js';

const PROGRAM = new URL('../../fixtures/hosts/logs-through.js', import.meta.url);
const THROWING = new URL('../../fixtures/hosts/throws-in-logger.js', import.meta.url);
const BEATS = range(0, 100).map((beat) => `heartbeat ${beat}`);

/** What a logger of such a form got from the host, which itself prints nothing. */
async function heardBy(t: TestContext, form: string, isolation: string): Promise<Heard[]> {
  const file = join(logPlace(t), 'heard');
  const { exitCode, stdout, stderr } = await runNode(PROGRAM, form, isolation, file);
  assert.deepEqual({ exitCode, stdout, stderr }, { exitCode: 0, stdout: '', stderr: '' });
  return JSON.parse(readFileSync(file, 'utf8')) as Heard[];
}

const ofTask = (heard: readonly Heard[], taskId: number): Heard[] =>
  heard.filter(([, , one]) => one['taskId'] === taskId);
const texts = (heard: readonly Heard[]): string[] => heard.map(([, text]) => text);

for (const isolation of ['thread', 'process']) {
  for (const form of ['plain', 'winston', 'fields first', 'raw', 'raw, fields first']) {
    test(`every line comes to a logger with its fields, and nothing is printed: ${form} (isolation: ${isolation})`, async (t) => {
      const heard = await heardBy(t, form, isolation);
      const bound = form.endsWith('fields first') ? { service: 'shop' } : {};
      const log = { ...bound, task: 'log', taskId: 1, attempt: 1 };
      assert.deepEqual(ofTask(heard, 1), [
        ['debug', 'one', log],
        ['info', 'one', { count: 1, nested: { a: [1] }, ...log }],
        ['warn', 'one', { callback: ofTask(heard, 1)[2]?.[2]['callback'], ...log }],
        ['error', 'one', log],
      ]);
      const say = { ...bound, task: 'say', taskId: 2, attempt: 1 };
      assert.deepEqual(ofTask(heard, 2), [
        ['info', 'printed two', { ...say, stream: 'stdout' }],
        ['info', 'logged two', { at: '1970-01-01T00:00:00.000Z', much: '1', ...say }],
        ['info', 'the end', { ...say, stream: 'stdout' }],
        ['warn', 'late two', { ...say, stream: 'stderr' }],
      ]);
      assert.deepEqual(texts(ofTask(heard, 3)), BEATS);
      assert.ok(texts(ofTask(heard, 4)).includes('last words'));
      const died = heard.filter(([, text]) => text.startsWith('the thread of slot 0 died'));
      assert.deepEqual(
        died.map(([level, , fields]) => [level, fields['slot'], fields['task'], fields['reason'] === undefined]),
        [['warn', 0, 'tell', false]],
      );
      assert.ok(texts(heard).includes('loaded'), 'what nobody’s task has printed comes as well');
    });
  }

  for (const form of ['logger', 'logger, fields first']) {
    test(`behind the gate a logger gets what is kept, the ends of tasks, and counts: ${form} (isolation: ${isolation})`, async (t) => {
      const heard = await heardBy(t, form, isolation);
      const said = texts(heard);
      assert.deepEqual(texts(ofTask(heard, 1)), ['one', 'one', 'one', 'one', 'log ok']);
      assert.deepEqual(
        said.filter((text) => text.startsWith('heartbeat')),
        ['heartbeat 0'],
      );
      const ends = heard.filter(([, , fields]) => fields['outcome'] !== undefined);
      assert.deepEqual(
        ends.map(([level, text, fields]) => [level, text, fields['taskId']]),
        [
          ['info', 'log ok', 1],
          ['info', 'say ok', 2],
          ['error', 'tell failed', 3],
          ['error', 'tell lost', 4],
        ],
      );
      const summary = heard.at(-1) ?? assert.fail('nothing was heard');
      assert.match(summary[1], /bytes in, .* out: .* % less; 99 lines suppressed$/);
      assert.equal(summary[2]['linesSuppressed'], 99);
      assert.equal(summary[2]['linesIn'], Number(summary[2]['linesOut']) + 99);
      assert.ok(said.some((text) => /^suppressed 99 lines of heartbeat in /.test(text)));
      for (const [, , fields] of heard) assert.equal(fields['service'], form === 'logger' ? undefined : 'shop');
    });
  }
}

for (const isolation of ['thread', 'process']) {
  test(`a logger or listener that throws costs no task and no line of the files (isolation: ${isolation})`, async (t) => {
    const dir = logPlace(t);
    const { exitCode, stdout } = await runNode(THROWING, dir, isolation);
    assert.equal(exitCode, 0);
    assert.deepEqual(JSON.parse(stdout), { settled: ['said', 'said'], state: 'closed', thrown: true });
    const said = recordsIn(join(dir, 'app')).filter((record) => record['task.id'] !== undefined);
    assert.deepEqual(bodiesOf(said), ['a', 'b', 'tell ok', 'c', 'tell ok']);
    assert.deepEqual(filesIn(join(dir, 'app')).length, 1);
  });
}
