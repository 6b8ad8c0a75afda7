import assert from 'node:assert/strict';
import test from 'node:test';
import { MissingLines } from '../../../cli/logs/missing.js';
import { Stories } from '../../../cli/logs/stories.js';
import { noPaint } from '../../../cli/render/paint.js';
import { storyText } from '../../../cli/render/story.js';
import { widthOf } from '../../../cli/render/width.js';
import { type Fields, failedTask, line, parsed, record } from '../support/logs.js';

function told(records: readonly Fields[], columns = Infinity): string {
  const stories = new Stories();
  for (const one of records) stories.add(parsed(one));
  const all = stories.all;
  const missing = new MissingLines(all);
  for (const one of records) missing.add(parsed(one));
  return all.map((story) => storyText(story, { columns, paint: noPaint })).join('\n');
}

test('a task that failed at its second attempt, from both logs', () => {
  const { app, incidents } = failedTask();
  assert.equal(
    told([...app, ...incidents]),
    `resize #17  failed
began 2026-11-21T09:00:00.100Z, run k3f9a2bc, process 4242
trace 0af7651916cd43dd8448eb211c80319c, span b7ad6b7169203331

waited 40 ms

attempt 1 on thread 2.1, ran 80 ms
     +20 ms  out    reading /data/a.png
     +31 ms  out    cache updated
     +40 ms  out    cache updated
     +55 ms  err    the part is broken
     +80 ms  -      attempt 1 failed, trying again in 1.3 s: Error: unexpected end of file

attempt 2 on thread 3.1, 1.4 s later, ran 3.0 s
   +1.380 s  out    reading /data/a.png
   +1.390 s  info   resizing {"width":320,"file":"a.png"}
   +1.395 s  out    幅 320\\x1b[2J
   +4.400 s  out    half a li [no newline]

left out meanwhile
  1,204 lines like cache, in 60 s

anomaly
   +4.410 s  -      duration: ran 3.1 s, above 900 ms; usually 210 ms

failed after 4.4 s, 2 attempts
  RangeError: unexpected end of file
      at resize (/app/tasks/resize.mjs:12:9)
      at run (/app/tasks/run.mjs:3:1)
ran 3.0 s, CPU 210 ms, heap +40.0 KB, 12 descriptors opened, 1 leaked
incident k3f9a2bc-1 (failed)
`,
  );
});

test('without the incidents it says how many lines are missing and where', () => {
  assert.match(
    told(failedTask().app),
    /^ {5}\+31 ms {2}out {4}cache updated\n {20}… 1 line not kept\n {5}\+55 ms {2}err {4}the part is broken$/m,
  );
});

test('a task that went well', () => {
  const ended = record({
    at: 250,
    body: 'resize ended',
    event_name: 'task.ended',
    'task.id': 17,
    'task.name': 'resize',
    'task.attempt': 1,
    'task.outcome': 'ok',
    'task.attempts': 1,
    'task.wait_ms': 12.4,
    'task.run_ms': 150,
    'task.heap_delta_bytes': -2048,
    'task.descriptors_opened': 1,
    'task.descriptors_leaked': 0,
  });
  assert.equal(
    told([line(110, 0, 'done'), ended]),
    `resize #17  ok
began 2026-11-21T09:00:00.100Z, run k3f9a2bc, process 4242

waited 12 ms

attempt 1 on thread 2.1, ran 150 ms
     +10 ms  out    done

ok after 150 ms
ran 150 ms, heap -2.0 KB, 1 descriptor opened
`,
  );
});

test('a task whose end is not there, and of which little is known', () => {
  const { 'service.instance.id': _, 'thread.slot': __, 'process.pid': ___, ...bare } = line(0, 0, 'a');
  assert.equal(
    told([bare]),
    `resize #17
began 2026-11-21T09:00:00.000Z

attempt 1
      +0 ms  out    a

its end is not in the logs
`,
  );
});

test('an anomaly without words is told by its figures', () => {
  const figures = {
    'anomaly.type': 'growth',
    'anomaly.value': 123_456,
    'anomaly.threshold': 1000,
    'anomaly.baseline': 10,
  };
  const anomaly = record({ event_name: 'anomaly', 'task.id': 17, ...figures });
  assert.match(told([line(0, 0, 'a'), anomaly]), /growth, 123,456, at most 1,000 expected, usually 10$/m);
});

test('what else the supervisor says of a task stands with its attempt', () => {
  const note = record({
    at: 50,
    body: 'thread 2 was lost',
    event_name: 'thread.restarted',
    'task.id': 17,
    'task.attempt': 1,
  });
  assert.match(told([line(0, 0, 'a'), note]), /^ {5}\+50 ms {2}- {6}thread 2 was lost$/m);
});

test('lines that are too wide go on below their beginning, and further lines of a text stand there too', () => {
  const wide = told([line(0, 0, `${'x'.repeat(70)}\nsecond\r\n  third`), line(1, 1, '写'.repeat(40))], 80);
  assert.ok(wide.includes(`${'x'.repeat(60)}\n${' '.repeat(20)}${'x'.repeat(10)}\n${' '.repeat(20)}second\n`), wide);
  assert.ok(wide.includes(`\n${' '.repeat(22)}third\n`), wide);
  assert.ok(wide.includes(`${'写'.repeat(30)}\n${' '.repeat(20)}${'写'.repeat(10)}\n`), wide);
  for (const row of told(failedTask().incidents, 80).split('\n')) assert.ok(widthOf(row) <= 80, row);
});

test('no field of a record reaches the terminal unseen', () => {
  const evil = '\u001b]0;title\u0007';
  const names = [
    'task.name',
    'service.instance.id',
    'trace_id',
    'span_id',
    'task.outcome',
    'exception.type',
    'incident.id',
    'incident.kind',
    'anomaly.type',
    'severity_text',
    'suppressed.rule',
  ];
  const all = Object.fromEntries(names.map((name) => [name, evil]));
  const events = ['task.ended', 'incident', 'anomaly', 'task.retried', 'log.suppressed', 'log.summary'];
  const records = events.map((event, index) =>
    record({ body: evil, 'task.id': 17, 'suppressed.window_ms': 1, ...all, event_name: event, 'task.attempt': index }),
  );
  const logged = line(0, 0, evil, { ...all, 'log.iostream': undefined, attributes: { [evil]: evil } });
  assert.doesNotMatch(told([...records, logged]), /[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
});

test('an attempt that was run again is told so, with its thread', () => {
  const again = { 'thread.slot': 0, 'thread.generation': 2 };
  const ended = { event_name: 'task.ended', 'task.id': 17, 'task.attempts': 1, 'task.outcome': 'ok' };
  assert.equal(
    told([
      line(0, 0, 'a'),
      line(50, 0, 'a', again),
      line(60, 2, 'c', again),
      record({ at: 70, ...ended, 'thread.slot': 0, 'task.wait_ms': 48, 'task.run_ms': 20 }),
    ]),
    `resize #17  ok
began 2026-11-21T09:00:00.000Z, run k3f9a2bc, process 4242

attempt 1 on thread 2.1
      +0 ms  out    a

attempt 1 again on thread 0.2, 50 ms later, ran 20 ms
     +50 ms  out    a
                    … 1 line not kept
     +60 ms  out    c

ok after 70 ms
ran 20 ms
`,
  );
});

test('a task that never started is told without an attempt', () => {
  const ended = { event_name: 'task.ended', 'task.id': 17, 'task.attempts': 0, 'task.outcome': 'cancelled' };
  assert.equal(
    told([record({ at: 70, ...ended, 'task.name': 'resize' })]),
    `resize #17  cancelled
never began, run k3f9a2bc

cancelled at 2026-11-21T09:00:00.070Z
`,
  );
});
