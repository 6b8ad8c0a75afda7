import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import test from 'node:test';
import type { Resource } from '../../workers/handler.js';
import { resource } from '../../workers/resource.js';
import { Resources } from '../../workers/resources.js';

const NEVER = new AbortController().signal;

/** A resource that counts its openings and writes down its closings. */
function counted(name: string, log: string[], share = 1): Resource<unknown> {
  let opened = 0;
  return resource({
    open: () => `${name}${++opened}`,
    close: (value) => log.push(`closed ${value}`),
    share,
  }) as Resource<unknown>;
}

/** Lets everything that is settled be told. */
function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** What a promise has come to by now. */
async function stateOf(promise: Promise<unknown>): Promise<'pending' | 'settled'> {
  await turn();
  let state: 'pending' | 'settled' = 'pending';
  const settle = (): void => {
    state = 'settled';
  };
  promise.then(settle, settle);
  await turn();
  return state;
}

test('refuses what resource() has not made, instead of waiting for ever', async () => {
  const resources = new Resources();
  const plain = { open: () => 1, close: () => undefined } as unknown as Resource<unknown>;
  await assert.rejects(resources.lease(plain, NEVER), {
    name: 'TypeError',
    message: 'Expected use() to get what resource() made, got an object; write resource({ open, close })',
  });
  const missing = undefined as unknown as Resource<unknown>;
  await assert.rejects(resources.lease(missing, NEVER), /^TypeError: Expected use\(\) .*, got undefined$/);
  assert.deepEqual(await resources.close(), []);
});

test('opens a resource once, however often it is leased', async () => {
  const resources = new Resources();
  const db = counted('db', []);
  const first = await resources.lease(db, NEVER);
  first.release();
  const second = await resources.lease(db, NEVER);
  assert.deepEqual([first.value, second.value], ['db1', 'db1']);
});

test('opens a resource once for attempts that come while it opens', async () => {
  const resources = new Resources();
  let opened = 0;
  let finish: (value: string) => void = () => undefined;
  const slow = resource({
    open: () => {
      opened++;
      return new Promise<string>((resolve) => (finish = resolve));
    },
    close: () => undefined,
    share: 3,
  }) as Resource<unknown>;
  const leases = [1, 2, 3].map(() => resources.lease(slow, NEVER));
  await turn();
  finish('open');
  assert.deepEqual(
    (await Promise.all(leases)).map(({ value }) => value),
    ['open', 'open', 'open'],
  );
  assert.equal(opened, 1);
});

test('does not open what nobody leases', async () => {
  const log: string[] = [];
  counted('db', log);
  assert.deepEqual(await new Resources().close(), []);
  assert.deepEqual(log, []);
});

test('lets one attempt hold it at a time unless told otherwise, first come first served', async () => {
  const resources = new Resources();
  const db = counted('db', []);
  const order: number[] = [];
  const first = await resources.lease(db, NEVER);
  const waiting = [1, 2].map(async (number) => {
    const { release } = await resources.lease(db, NEVER);
    order.push(number);
    return release;
  });
  await turn();
  assert.deepEqual(order, []);
  first.release();
  const releaseSecond = await waiting[0];
  assert.deepEqual(order, [1]);
  releaseSecond?.();
  await waiting[1];
  assert.deepEqual(order, [1, 2]);
});

test('lets as many attempts hold it as share says, and no more', async () => {
  const resources = new Resources();
  const db = counted('db', [], 3);
  const held = await Promise.all([1, 2, 3].map(() => resources.lease(db, NEVER)));
  const fourth = resources.lease(db, NEVER);
  assert.equal(await stateOf(fourth), 'pending');
  held[1]?.release();
  assert.equal((await fourth).value, 'db1');
  assert.equal(await stateOf(resources.lease(db, NEVER)), 'pending');
});

test('never holds back with an unlimited share', async () => {
  const resources = new Resources();
  const db = counted('db', [], Number.POSITIVE_INFINITY);
  const leases = await Promise.all(Array.from({ length: 200 }, () => resources.lease(db, NEVER)));
  assert.equal(new Set(leases.map(({ value }) => value)).size, 1);
});

test('ends the wait of an aborted attempt with its reason, and passes it over', async () => {
  const resources = new Resources();
  const db = counted('db', []);
  const holder = await resources.lease(db, NEVER);
  const controller = new AbortController();
  const aborted = resources.lease(db, controller.signal);
  const next = resources.lease(db, NEVER);
  await turn();
  const reason = new Error('changed my mind');
  controller.abort(reason);
  await assert.rejects(aborted, reason);
  holder.release();
  assert.equal((await next).value, 'db1');
});

test('leaves no listener on the signal of an attempt that got its lease', async () => {
  const resources = new Resources();
  const db = counted('db', []);
  const { signal } = new AbortController();
  const first = await resources.lease(db, signal);
  const second = resources.lease(db, signal);
  await turn();
  first.release();
  await second;
  assert.equal(getEventListeners(signal, 'abort').length, 0);
});

test('leases nothing to an attempt that is aborted already', async () => {
  const log: string[] = [];
  const resources = new Resources();
  await assert.rejects(resources.lease(counted('db', log), AbortSignal.abort('why')), (reason) => reason === 'why');
  await resources.close();
  assert.deepEqual(log, []);
});

test('opens anew for the next attempt after an opening that failed', async () => {
  const resources = new Resources();
  let tries = 0;
  const shaky = resource({
    open: () => {
      if (++tries === 1) throw new Error('refused');
      return 'open';
    },
    close: () => undefined,
  }) as Resource<unknown>;
  await assert.rejects(resources.lease(shaky, NEVER), { message: 'refused' });
  assert.equal((await resources.lease(shaky, NEVER)).value, 'open');
  assert.equal(tries, 2);
});

test('tells everybody who came while it opened that the opening failed', async () => {
  const resources = new Resources();
  const open = (): Promise<string> => Promise.reject(new Error('down'));
  const broken = resource({ open, close: () => undefined }) as Resource<unknown>;
  const results = await Promise.allSettled([1, 2, 3].map(() => resources.lease(broken, NEVER)));
  assert.deepEqual(
    results.map(({ status }) => status),
    ['rejected', 'rejected', 'rejected'],
  );
});

test('closes what was opened, last opened first', async () => {
  const log: string[] = [];
  const resources = new Resources();
  for (const name of ['a', 'b', 'c']) (await resources.lease(counted(name, log), NEVER)).release();
  assert.deepEqual(await resources.close(), []);
  assert.deepEqual(log, ['closed c1', 'closed b1', 'closed a1']);
});

test('closes one after the other, each awaited', async () => {
  const log: string[] = [];
  const resources = new Resources();
  await resources.lease(counted('a', log), NEVER);
  const slow = resource({
    open: () => 'slow',
    close: async () => {
      log.push('closing slow');
      await turn();
      log.push('closed slow');
    },
  }) as Resource<unknown>;
  await resources.lease(slow, NEVER);
  await resources.close();
  assert.deepEqual(log, ['closing slow', 'closed slow', 'closed a1']);
});

test('closes the others when one fails to close, and tells of it', async () => {
  const log: string[] = [];
  const resources = new Resources();
  await resources.lease(counted('a', log), NEVER);
  const error = new Error('stuck');
  const stuck = resource({ open: () => 'x', close: () => Promise.reject(error) }) as Resource<unknown>;
  await resources.lease(stuck, NEVER);
  assert.deepEqual(await resources.close(), [error]);
  assert.deepEqual(log, ['closed a1']);
});

test('closes each resource once, however often it is told to close', async () => {
  const log: string[] = [];
  const resources = new Resources();
  await resources.lease(counted('a', log), NEVER);
  await Promise.all([resources.close(), resources.close()]);
  await resources.close();
  assert.deepEqual(log, ['closed a1']);
});

test('refuses a resource whose parts are not what they have to be, and says what they are', () => {
  const open = (): number => 1;
  const close = (): void => undefined;
  assert.throws(() => resource({ open: 1 as never, close }), {
    name: 'TypeError',
    message: /`open`.*function, got number/,
  });
  assert.throws(() => resource({ open, close: undefined as never }), {
    name: 'TypeError',
    message: /`close`.*got undefined/,
  });
  for (const share of [0, -1, 1.5, Number.NaN, '2' as never]) {
    assert.throws(() => resource({ open, close, share }), {
      name: 'RangeError',
      message: new RegExp(`got ${String(share)}`),
    });
  }
});
