import assert from 'node:assert/strict';
import { join } from 'node:path';
import test from 'node:test';
import { deferred } from '../../support/deferred.js';
import { fixture } from '../../support/fixture.js';
import { range, textIn } from '../../support/log-place.js';
import { bodiesOf, eventsOf, linesOf, sumOf } from '../../support/records-in.js';
import { withLogs } from '../../support/with-logs.js';

type Tells = typeof import('../../fixtures/handlers/tells.js');

for (const isolation of ['thread', 'process'] as const) {
  test(`kept lines and counted ones are all there were (isolation: ${isolation})`, async (t) => {
    const tasks = 20;
    const lines = [
      ...range(0, 100).map((line) => `line ${line}`),
      ...range(0, 50).map((beat) => `heartbeat ${beat}`),
      'only once',
    ];
    const errors = ['broken', 'broken', 'broken'];
    const { dir, app } = await withLogs(t, { isolation, threads: 2 }, async (supervisor) => {
      const { tell } = await supervisor.load<Tells>(fixture('tells'));
      await Promise.all(range(0, tasks).map(() => tell({ lines, errors })));
    });
    const said = app.filter((record) => !['log.suppressed', 'log.summary'].includes(String(record['event_name'])));
    const counted = sumOf(eventsOf(app, 'log.suppressed'), 'suppressed.count');
    const others = said.filter((record) => record['task.id'] === undefined);
    // The end of a task is something that is said, too.
    const offered = tasks * (lines.length + errors.length + 1) + others.length;
    assert.equal(said.length + counted, offered);
    assert.equal(app.filter(({ body }) => body === 'broken').length, tasks * errors.length);
    const ruled = eventsOf(app, 'log.suppressed').filter((record) => record['suppressed.rule'] === 'heartbeat');
    const beats = app.filter((record) => record['log.rule'] === 'heartbeat').length;
    assert.equal(beats + sumOf(ruled, 'suppressed.count'), tasks * 50);

    const summaries = eventsOf(app, 'log.summary').map((record) => record['attributes'] as Record<string, number>);
    const total = (figure: string): number => summaries.reduce((sum, one) => sum + (one[figure] ?? 0), 0);
    assert.deepEqual(
      [total('linesIn'), total('linesOut'), total('linesSuppressed'), total('linesDropped')],
      [offered, said.length, counted, 0],
    );
    const text = textIn(join(dir, 'app'));
    // The last summary comes behind all figures.
    assert.equal(app.at(-1)?.['event_name'], 'log.summary');
    assert.equal(total('bytesOut'), text.lastIndexOf('\n', text.length - 2) + 1);
    assert.ok(total('bytesIn') > 5 * total('bytesOut'), `${total('bytesIn')} in, ${total('bytesOut')} out`);
  });
}

test('`noise: false` keeps everything', async (t) => {
  const lines = range(0, 500).map((beat) => `heartbeat ${beat}`);
  const { app } = await withLogs(t, { logs: { noise: false } }, async (supervisor) => {
    const { tell } = await supervisor.load<Tells>(fixture('tells'));
    await tell({ lines });
  });
  assert.deepEqual(bodiesOf(linesOf(app, 1)), lines);
  assert.deepEqual(eventsOf(app, 'log.suppressed'), []);
});

test('rules of the application come before those there are, or stand instead of them', async (t) => {
  const chatter = range(0, 30).map((line) => `chat about heartbeat ${line}`);
  const beats = range(0, 30).map((line) => `heartbeat ${line}`);
  const rules = [
    { name: 'chatter', pattern: /^chat/, logger: 'tell' },
    { name: 'of nobody', pattern: /heartbeat/, logger: 'another' },
  ];
  for (const defaults of [true, false]) {
    const { app } = await withLogs(t, { logs: { noise: { rules, defaults } } }, async (supervisor) => {
      const { tell } = await supervisor.load<Tells>(fixture('tells'));
      await tell({ lines: [...chatter, ...beats] });
    });
    const kept = linesOf(app, 1).map((record) => [record['body'], record['log.rule']]);
    const ofBeats = defaults ? [['heartbeat 0', 'heartbeat']] : beats.slice(0, 5).map((body) => [body, undefined]);
    assert.deepEqual(kept, [['chat about heartbeat 0', 'chatter'], ...ofBeats]);
    const counts = eventsOf(app, 'log.suppressed').map((one) => [one['suppressed.rule'], one['suppressed.count']]);
    assert.deepEqual(counts, [['chatter', 29], defaults ? ['heartbeat', 29] : [undefined, 25]]);
  }
});

test('a rule that is called like one of those there are takes its place', async (t) => {
  const beats = range(0, 20).map((line) => `heartbeat ${line}`);
  const own = range(0, 20).map((line) => `beat of mine ${line}`);
  const rules = [{ name: 'heartbeat', pattern: /^beat of mine/ }];
  const { app } = await withLogs(t, { logs: { noise: { rules } } }, async (supervisor) => {
    const { tell } = await supervisor.load<Tells>(fixture('tells'));
    await tell({ lines: [...beats, ...own, 'ping 1', 'ping 2', 'ping 3'] });
  });
  const counts = eventsOf(app, 'log.suppressed').map((one) => [one['suppressed.rule'], one['suppressed.count']]);
  assert.deepEqual(
    new Map(counts as [string | undefined, number][]),
    new Map([
      [undefined, 15],
      ['heartbeat', 19],
      ['ping', 2],
    ]),
  );
  assert.equal(counts.length, 3, 'one summary for each rule');
  assert.deepEqual(bodiesOf(linesOf(app, 1).filter((one) => one['log.rule'] === 'heartbeat')), ['beat of mine 0']);
});

test('a window that is over says what it counted while the supervisor runs', async (t) => {
  const said = deferred();
  const take = (message: string): void => {
    if (/^suppressed \d+ lines of heartbeat/.test(message)) said.resolve();
  };
  const logger = { debug: take, info: take, warn: take, error: take };
  const { app } = await withLogs(t, { logs: { logger, noise: { window: 200 } } }, async (supervisor) => {
    const { tell } = await supervisor.load<Tells>(fixture('tells'));
    // The reminder of a window keeps no process alive, and this one waits for it.
    const alive = setInterval(() => undefined, 2 ** 30);
    await tell({ lines: range(0, 100).map((beat) => `heartbeat ${beat}`) });
    await said.promise;
    clearInterval(alive);
  });
  // Where the lines come in pieces, a window may end between two of them; the first line of each is kept.
  const counted = sumOf(eventsOf(app, 'log.suppressed'), 'suppressed.count');
  assert.equal(linesOf(app, 1).length + counted, 100);
});
