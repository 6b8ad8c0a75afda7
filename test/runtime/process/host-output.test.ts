import assert from 'node:assert/strict';
import { once } from 'node:events';
import { PassThrough, Writable } from 'node:stream';
import test from 'node:test';
import { HostOutput } from '../../../runtime/process/host-output.js';

test('passes on what comes as it is, and keeps the last 4 KB of both outputs', async () => {
  const output = new HostOutput();
  const [out, err] = [new PassThrough(), new PassThrough()];
  const [toOut, toErr] = [new PassThrough(), new PassThrough()];
  output.forward(out, () => toOut);
  output.forward(err, () => toErr);
  out.write('a'.repeat(3_000));
  await once(toOut, 'readable');
  err.write('b'.repeat(2_000));
  await once(toErr, 'readable');
  assert.equal(String(toOut.read()), 'a'.repeat(3_000));
  assert.equal(String(toErr.read()), 'b'.repeat(2_000));
  assert.equal(output.last, 'a'.repeat(2_096) + 'b'.repeat(2_000));
  output.close();
});

test('of more than 4 KB at once the end is kept, without half a character before it', async () => {
  const output = new HostOutput();
  const [out, to] = [new PassThrough(), new PassThrough()];
  output.forward(out, () => to);
  out.write(`x${'ü'.repeat(5_000)}y`);
  await once(to, 'readable');
  assert.equal(output.last, `${'ü'.repeat(2_047)}y`);
  output.close();
});

test('a slow reader stops the reading, and nobody is left waiting for it after the end', async () => {
  const output = new HostOutput();
  const out = new PassThrough();
  let release: (() => void) | undefined;
  const slow = new Writable({
    highWaterMark: 1,
    write: (_chunk, _encoding, done) => (release = done),
  });
  const listeners = slow.listenerCount('drain');
  output.forward(out, () => slow);
  let next = once(out, 'pause');
  out.write('first');
  await next;
  assert.equal(slow.listenerCount('drain'), listeners + 1);
  next = once(out, 'resume');
  release?.();
  await next;
  next = once(out, 'pause');
  out.write('second');
  await next;
  output.close();
  assert.equal(slow.listenerCount('drain'), listeners);
  assert.equal(out.destroyed, true);
});

test('what lies in the pipe of a host that is gone is read, kept and passed on, however slow the reader is', async () => {
  const output = new HostOutput();
  const out = new PassThrough();
  const taken: string[] = [];
  let release: (() => void) | undefined;
  const slow = new Writable({
    highWaterMark: 1,
    write: (chunk: Buffer, _encoding, done) => {
      taken.push(String(chunk));
      release = done;
    },
  });
  output.forward(out, () => slow);
  const paused = once(out, 'pause');
  out.write('first');
  await paused;
  out.write('second');
  out.end('the last words');
  const ended = once(out, 'end');
  output.finish();
  await ended;
  assert.equal(output.last, 'firstsecondthe last words');
  output.close();
  while (taken.length < 3) release?.();
  assert.deepEqual(taken, ['first', 'second', 'the last words']);
});

test('a reader that goes away, or has gone, keeps nobody waiting', async () => {
  const output = new HostOutput();
  const out = new PassThrough();
  const gone = new Writable({ highWaterMark: 1, write: () => undefined });
  output.forward(out, () => gone);
  const paused = once(out, 'pause');
  out.write('first');
  await paused;
  const resumed = once(out, 'resume');
  gone.destroy();
  await resumed;
  out.write('second');
  out.end();
  await once(out, 'end');
  assert.equal(output.last, 'firstsecond');
  output.close();
});
