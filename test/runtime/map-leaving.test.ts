import assert from 'node:assert/strict';
import test from 'node:test';
import { setImmediate } from 'node:timers/promises';
import type { Handle, MapItem, Supervisor } from '../../runtime/index.js';
import { CountingSource, KINDS } from '../support/counting-source.js';
import { fixture } from '../support/fixture.js';
import { Gate } from '../support/gate.js';
import { withSupervisor } from '../support/with-supervisor.js';

type Echo = typeof import('../fixtures/handlers/echo.js');
type Gated = typeof import('../fixtures/handlers/wait-at-gate.js');

async function echoOf(supervisor: Supervisor): Promise<Handle<unknown, unknown>> {
  return (await supervisor.load<Echo>(fixture('echo'))).echo;
}

async function gatedOf(supervisor: Supervisor) {
  return (await supervisor.load<Gated>(fixture('wait-at-gate'))).waitAtGateIo;
}

async function all<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const seen: Item[] = [];
  for await (const item of items) seen.push(item);
  return seen;
}

for (const kind of KINDS) {
  test(`pulls no further than its window when the loop is left, cancels the rest and closes the source (${kind} source)`, async () => {
    await withSupervisor({ threads: 2 }, async (supervisor) => {
      const waitAtGate = await gatedOf(supervisor);
      const [shut, open] = [new Gate(), new Gate()];
      open.open();
      const source = new CountingSource();
      const outcomes: string[] = [];
      supervisor.on('settled', ({ outcome }) => outcomes.push(outcome));
      const wordsFor = (value: number): Int32Array => (value < 3 ? open : shut).words;
      const inputs = {
        *[Symbol.iterator]() {
          for (const value of source) yield { words: wordsFor(value), value };
        },
        async *[Symbol.asyncIterator]() {
          for await (const value of source.as('async')) yield { words: wordsFor(value), value };
        },
      };
      const chosen = kind === 'sync' ? { [Symbol.iterator]: () => inputs[Symbol.iterator]() } : inputs;
      let yielded = 0;
      for await (const item of waitAtGate.map(chosen, { concurrency: 20, grace: 100 })) {
        assert.equal(item.status, 'ok');
        if (++yielded === 3) break;
      }
      assert.equal(source.closed, 1);
      assert.ok(source.pulled <= 3 + 20, `${source.pulled} pulled`);
      await supervisor.drain();
      assert.equal(outcomes.filter((outcome) => outcome === 'ok').length, 3);
      assert.ok(outcomes.every((outcome) => outcome === 'ok' || outcome === 'cancelled'));
    });
  });

  test(`ends after an abort, with what ran as cancelled and the source closed (${kind} source)`, async () => {
    await withSupervisor({ threads: 2 }, async (supervisor) => {
      const echo = await echoOf(supervisor);
      const controller = new AbortController();
      // Far more than the window, so that a source that is pulled on is seen; but it comes to an end even so.
      const source = new CountingSource(5_000);
      const concurrency = 16;
      let atAbort = 0;
      const statuses = new Set<string>();
      for await (const item of echo.map(source.as(kind), { concurrency, signal: controller.signal })) {
        if (item.index === 9) {
          controller.abort(new Error('enough'));
          atAbort = source.pulled;
        }
        if (item.index > 9) {
          statuses.add(item.status);
          if (item.status === 'cancelled') assert.equal((item.error as Error).message, 'enough');
        }
      }
      assert.ok(source.pulled <= atAbort + concurrency, `${source.pulled - atAbort} pulled after the abort`);
      assert.equal(source.closed, 1);
      assert.ok(
        [...statuses].every((status) => status === 'ok' || status === 'cancelled'),
        [...statuses].join(),
      );
    });
  });

  test(`ends after an abort that comes while it pulls, and pulls no further than its window (${kind} source)`, async () => {
    await withSupervisor({ threads: 2 }, async (supervisor) => {
      const echo = await echoOf(supervisor);
      const controller = new AbortController();
      const source = new CountingSource(5_000);
      const abortAt = (value: number): number => {
        if (value === 30) controller.abort(new Error('enough'));
        return value;
      };
      const inputs = {
        *[Symbol.iterator]() {
          for (const value of source) yield abortAt(value);
        },
        async *[Symbol.asyncIterator]() {
          for await (const value of source.as('async')) yield abortAt(value);
        },
      };
      const chosen = kind === 'sync' ? { [Symbol.iterator]: () => inputs[Symbol.iterator]() } : inputs;
      let last = -1;
      for await (const { index } of echo.map(chosen, { concurrency: 16, signal: controller.signal })) last = index;
      assert.ok(source.pulled <= 31 + 16, `${source.pulled - 31} pulled after the abort`);
      assert.equal(last, source.pulled - 1);
      assert.equal(source.closed, 1);
    });
  });
}

test('pulls nothing and yields nothing for a signal that is aborted already, and closes the source', async () => {
  await withSupervisor({ threads: 1 }, async (supervisor) => {
    const echo = await echoOf(supervisor);
    let pulled = 0;
    let closed = 0;
    const inputs: Iterable<number> = {
      [Symbol.iterator]: () => ({
        next: () => ({ done: false, value: pulled++ }),
        return: () => {
          closed++;
          return { done: true, value: undefined };
        },
      }),
    };
    assert.deepEqual(await all(echo.map(inputs, { signal: AbortSignal.abort() })), []);
    assert.deepEqual([pulled, closed], [0, 1]);
  });
});

test('answers waiting calls of next() when it is left', async () => {
  await withSupervisor({ threads: 1 }, async (supervisor) => {
    const waitAtGate = await gatedOf(supervisor);
    const gate = new Gate();
    const items = waitAtGate.map([{ words: gate.words }, { words: gate.words }], { grace: 50 });
    const waiting = [items.next(), items.next()];
    await gate.arrived();
    assert.deepEqual(await items.return?.(), { done: true, value: undefined });
    assert.deepEqual(await Promise.all(waiting), new Array(2).fill({ done: true, value: undefined }));
  });
});

test('stays at its end once it was left, whatever was pulled before', async () => {
  await withSupervisor({ threads: 1 }, async (supervisor) => {
    const echo = await echoOf(supervisor);
    const source = new CountingSource();
    const items = echo.map(source.as('sync'), { concurrency: 8 });
    await items.next();
    await items.return?.();
    assert.deepEqual(await items.return?.(), { done: true, value: undefined });
    assert.equal(source.closed, 1);
    const { pulled } = source;
    const end = { done: true, value: undefined };
    const idle = supervisor.drain().then(() => setImmediate('never answered'));
    assert.deepEqual(await Promise.race([items.next(), idle]), end);
    assert.equal(source.pulled, pulled);
  });
});

test('closes a source that nobody has pulled from when it is left at once', async () => {
  await withSupervisor({ threads: 1 }, async (supervisor) => {
    const echo = await echoOf(supervisor);
    let closed = 0;
    const inputs = {
      [Symbol.iterator]: () => ({
        next: () => assert.fail('pulled'),
        return: () => ({ done: true as const, value: closed++ }),
      }),
    };
    const items = echo.map(inputs);
    await items.return?.();
    assert.equal(closed, 1);
  });
});

test('hands an error of the closing source to whoever leaves the loop', async () => {
  await withSupervisor({ threads: 1 }, async (supervisor) => {
    const echo = await echoOf(supervisor);
    const inputs = (function* () {
      try {
        for (;;) yield 1;
      } finally {
        throw new Error('cannot close');
      }
    })();
    await assert.rejects(
      (async () => {
        for await (const _ of echo.map(inputs)) break;
      })(),
      { message: 'cannot close' },
    );
  });
});

test('ends, and closes its source, when the supervisor closes under it', async () => {
  await withSupervisor({ threads: 1 }, async (supervisor) => {
    const echo = await echoOf(supervisor);
    const source = new CountingSource(100_000);
    let last: MapItem<number, unknown> | undefined;
    let closing: Promise<unknown> | undefined;
    for await (const item of echo.map(source.as('async') as AsyncIterable<number>, { concurrency: 8 })) {
      last = item;
      if (item.index === 20) closing = supervisor.close();
    }
    assert.ok(source.pulled < 100, `${source.pulled} pulled`);
    assert.equal(source.closed, 1);
    assert.ok(last?.status === 'cancelled');
    assert.equal((last.error as { code?: unknown }).code, 'PLUSTWO_CLOSED');
    await closing;
  });
});
