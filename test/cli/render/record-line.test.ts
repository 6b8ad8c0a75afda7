import assert from 'node:assert/strict';
import test from 'node:test';
import { noPaint, type Paint } from '../../../cli/render/paint.js';
import { RecordLines } from '../../../cli/render/record-line.js';
import { type Fields, line, parsed, record } from '../support/logs.js';

const lineOf = (fields: Fields): string => new RecordLines(noPaint).line(parsed(fields));

test('a line says when, how serious, who and what', () => {
  assert.equal(lineOf(line(155, 3, 'broken', { level: 'WARN' })), '2026-11-21T09:00:00.155Z  WARN   resize#17  broken');
  assert.equal(
    lineOf(line(0, 0, 'a', { 'task.attempt': 2, attributes: { file: 'a.png' } })),
    '2026-11-21T09:00:00.000Z  INFO   resize#17/2  a {"file":"a.png"}',
  );
});

test('without a task it is the thread or the supervisor that speaks', () => {
  assert.match(lineOf(record({ body: 'a', 'thread.slot': 3 })), / {2}thread 3 {2}a$/);
  assert.match(lineOf(record({ event_name: 'supervisor.started' })), / {2}supervisor {2}supervisor\.started$/);
  assert.match(lineOf(record({ body: 'left out', 'task.name': 'hash' })), / {2}hash {2}left out$/);
});

test('a record is one line that no terminal obeys, whatever it holds', () => {
  const shown = lineOf(line(0, 0, 'a\nb\u001b[2J', { 'task.name': 'x\u0007', attributes: { 'a\u009b': 1 } }));
  assert.match(shown, /x\\x07#17 {2}a\\nb\\x1b\[2J \{"a\\x9b":1\}$/);
});

test('what was thrown is told unless the text tells it, and marks say what a line is not', () => {
  const thrown = { 'exception.type': 'TypeError', 'exception.message': 'no such file' };
  assert.match(lineOf(record({ body: 'failed', ...thrown })), / failed: TypeError: no such file$/);
  assert.match(lineOf(record({ body: 'failed: no such file', ...thrown })), / failed: no such file$/);
  assert.match(
    lineOf(line(0, 0, 'a', { 'log.partial': true, 'log.binary': true })),
    / a \[no newline\] \[not UTF-8\]$/,
  );
});

test('of an error that was logged it tells what that was, not where', () => {
  const error = {
    name: 'RangeError',
    message: 'too small',
    stack: 'RangeError: too small\n    at resize (/app/a.js:1:1)',
  };
  const told = (body: string, attributes: object) => lineOf(line(0, 0, body, { attributes }));
  assert.match(told('no preview', { error, file: 'a.png' }), / no preview RangeError: too small \{"file":"a\.png"\}$/);
  assert.match(told('RangeError: too small', { error }), / {2}RangeError: too small$/);
});

test('what was suppressed without a rule is told by an example', () => {
  const suppressed = { body: 'suppressed 495 lines in 60 s', 'suppressed.kind': 'step # done' };
  assert.match(lineOf(record(suppressed)), / suppressed 495 lines in 60 s, such as: step # done$/);
  assert.match(lineOf(record({ ...suppressed, 'suppressed.rule': 'ping' })), / lines in 60 s$/);
});

test('names are aligned with the longest so far, up to a width', () => {
  const lines = new RecordLines(noPaint);
  const textAt = (name: string) => lines.line(parsed(line(0, 0, 'TEXT', { 'task.name': name }))).indexOf('TEXT');
  const [short, long] = [textAt('hash'), textAt('resize')];
  assert.ok(long > short);
  assert.equal(textAt('hash'), long);
  textAt('x'.repeat(100));
  assert.equal(textAt('hash'), 33 + 24 + 2);
});

test('levels have their colours', () => {
  const paint: Paint = (format, text) => `<${String(format)}>${text}</>`;
  const formats = (['DEBUG', 'INFO', 'WARN', 'ERROR'] as const).map((level) => {
    return /<(\w+)>(?:DEBUG|INFO |WARN |ERROR)<\/>/.exec(new RecordLines(paint).line(parsed(record({ level }))))?.[1];
  });
  assert.deepEqual(formats, ['dim', 'cyan', 'yellow', 'red']);
});
