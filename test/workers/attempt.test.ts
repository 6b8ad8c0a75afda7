import assert from 'node:assert/strict';
import test from 'node:test';
import { Attempt, type AttemptHost } from '../../workers/attempt.js';
import type { LoadedHandler, Resource } from '../../workers/handler.js';
import type { AttemptNote } from '../../workers/protocol/messages.js';
import { resource } from '../../workers/resource.js';
import { Resources } from '../../workers/resources.js';

const HANDLER: LoadedHandler = {
  label: 'x',
  kind: 'cpu',
  href: 'file:///x.js',
  name: 'x',
  run: () => 1,
  slow: false,
  openings: 0,
  ended: 0,
  task: 0,
};

/** An attempt that runs, and what it told its thread. */
function started(note?: AttemptNote, args: unknown = 'of the thread') {
  const told: unknown[] = [];
  const resources = new Resources();
  const host: AttemptHost = {
    args,
    resources,
    dependencies: {
      call: async (name, fn, caller) => {
        told.push([caller.id, name]);
        return fn();
      },
    },
    progress: (attempt, fraction, text) => told.push([attempt.id, fraction, text]),
    log: (attempt, level, message, fields) => told.push([attempt.id, level, message, fields]),
  };
  const attempt = new Attempt(host, 0, 42, HANDLER, 'input', note);
  attempt.state = 'running';
  return { attempt, told, resources };
}

const LISTENED: AttemptNote = { attempt: 1, progress: true };

test('is the first attempt with the args of its thread unless told otherwise', () => {
  const { attempt } = started();
  assert.deepEqual([attempt.id, attempt.attempt, attempt.args], [42, 1, 'of the thread']);
});

test('knows which attempt it is and the args of its call, undefined included', () => {
  assert.equal(started({ attempt: 3, progress: false }).attempt.attempt, 3);
  assert.equal(started({ attempt: 1, progress: false, args: { value: 7 } }).attempt.args, 7);
  assert.equal(started({ attempt: 1, progress: false, args: { value: undefined } }).attempt.args, undefined);
});

test('has one signal, and aborts it with the reason', () => {
  const { attempt } = started();
  const { signal } = attempt;
  assert.equal(attempt.signal, signal);
  assert.equal(signal.aborted, false);
  const reason = new Error('enough');
  attempt.cancel(reason);
  assert.equal(signal.reason, reason);
});

test('is aborted also for a handler that asks for the signal afterwards', () => {
  const { attempt } = started();
  attempt.cancel('why');
  assert.deepEqual([attempt.signal.aborted, attempt.signal.reason], [true, 'why']);
});

test('runs what was deferred, last first, and each awaited', async () => {
  const { attempt } = started();
  const log: string[] = [];
  attempt.defer(() => log.push('first'));
  attempt.defer(async () => {
    await new Promise((resolve) => setImmediate(resolve));
    log.push('second');
  });
  attempt.defer(() => log.push('third'));
  assert.equal(attempt.hasCleanups, true);
  assert.equal(await attempt.cleanUp(), undefined);
  assert.deepEqual(log, ['third', 'second', 'first']);
});

test('runs every cleanup when some fail, and tells the first error, null included', async () => {
  const { attempt } = started();
  let ran = 0;
  attempt.defer(() => ran++);
  attempt.defer(() => Promise.reject(new Error('later')));
  attempt.defer(() => {
    throw null;
  });
  assert.deepEqual(await attempt.cleanUp(), { error: null });
  assert.equal(ran, 1);
});

test('runs what a cleanup defers', async () => {
  const { attempt } = started();
  const log: string[] = [];
  attempt.defer(() => {
    log.push('outer');
    attempt.defer(() => log.push('inner'));
  });
  await attempt.cleanUp();
  assert.deepEqual(log, ['outer', 'inner']);
});

test('runs a cleanup once', async () => {
  const { attempt } = started();
  let ran = 0;
  attempt.defer(() => ran++);
  await Promise.all([attempt.cleanUp(), attempt.cleanUp()]);
  await attempt.cleanUp();
  assert.equal(ran, 1);
});

test('has nothing to clean up for a handler that used nothing', () => {
  assert.equal(started().attempt.hasCleanups, false);
});

test('refuses to defer what is no function, and anything once it has ended', () => {
  const { attempt } = started();
  assert.throws(() => {
    attempt.defer(7 as never);
  }, /function, got number/);
  attempt.state = 'ended';
  assert.throws(() => {
    attempt.defer(() => 1);
  }, /task 42 has ended/);
});

test('tells progress at once, merges what follows closely, and tells the last of it at the end', async () => {
  const { attempt, told } = started(LISTENED);
  attempt.progress(0);
  for (let step = 1; step <= 50; step++) attempt.progress(step / 100, `step ${step}`);
  assert.deepEqual(told[0], [42, 0, undefined]);
  assert.ok(told.length < 51);
  await attempt.cleanUp();
  assert.deepEqual(told.at(-1), [42, 0.5, 'step 50']);
  const count = told.length;
  await attempt.cleanUp();
  assert.equal(told.length, count);
});

test('tells no progress that nobody listens to, nor any after its end', () => {
  const { attempt, told } = started({ attempt: 1, progress: false });
  attempt.progress(0.5);
  const ended = started(LISTENED);
  ended.attempt.state = 'ended';
  ended.attempt.progress(0.5);
  assert.deepEqual([...told, ...ended.told], []);
  assert.equal(attempt.hasCleanups, false);
});

test('refuses progress that is no fraction, listened to or not', () => {
  for (const fraction of [-0.1, 1.1, Number.NaN, '0.5' as never, undefined as never]) {
    for (const note of [LISTENED, undefined]) {
      const { attempt } = started(note);
      assert.throws(
        () => {
          attempt.progress(fraction);
        },
        { name: 'RangeError', message: `Expected progress to be a fraction from 0 to 1, got ${String(fraction)}` },
      );
    }
  }
});

test('hands log lines on with their level and fields', () => {
  const { attempt, told } = started();
  attempt.log.debug('d');
  attempt.log.info('i', { a: 1 });
  attempt.log.warn('w');
  attempt.log.error('e', { b: 2 });
  assert.deepEqual(told, [
    [42, 'debug', 'd', undefined],
    [42, 'info', 'i', { a: 1 }],
    [42, 'warn', 'w', undefined],
    [42, 'error', 'e', { b: 2 }],
  ]);
});

test('returns a leased resource when it ends', async () => {
  const { attempt, resources } = started();
  const db: Resource<string> = resource({ open: () => 'db', close: () => undefined });
  assert.equal(await attempt.use(db), 'db');
  const other = resources.lease(db as Resource<unknown>, new AbortController().signal);
  await attempt.cleanUp();
  assert.equal((await other).value, 'db');
});

test('returns a resource that was opened only after it had ended', async () => {
  const { attempt, resources } = started();
  let finish: (value: string) => void = () => undefined;
  const slow = resource({ open: () => new Promise<string>((resolve) => (finish = resolve)), close: () => undefined });
  const use = attempt.use(slow);
  await new Promise((resolve) => setImmediate(resolve));
  attempt.state = 'ended';
  finish('late');
  await use;
  assert.equal((await resources.lease(slow as Resource<unknown>, new AbortController().signal)).value, 'late');
});

test('gives up waiting for a resource when it is cancelled', async () => {
  const { attempt, resources } = started();
  const db = resource({ open: () => 'db', close: () => undefined });
  await resources.lease(db as Resource<unknown>, new AbortController().signal);
  const use = attempt.use(db);
  await new Promise((resolve) => setImmediate(resolve));
  const reason = new Error('enough');
  attempt.cancel(reason);
  await assert.rejects(use, reason);
});

test('hands a call of a dependency on to its thread, and knows whether it was asked to stop', async () => {
  const { attempt, told } = started();
  assert.equal(await attempt.call('billing', () => 'paid'), 'paid');
  assert.deepEqual(told, [[42, 'billing']]);
  assert.equal(attempt.stopReason, undefined);
  attempt.cancel(undefined);
  assert.deepEqual(Object.keys(attempt.stopReason ?? {}), ['reason']);
  const reason = new Error('enough');
  const other = started().attempt;
  other.cancel(reason);
  assert.deepEqual(other.stopReason, { reason });
});
