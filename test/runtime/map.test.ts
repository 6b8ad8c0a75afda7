import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import test from 'node:test';
import fc from 'fast-check';
import type { Handle, MapItem, MapOptions, Supervisor, Usage } from '../../runtime/index.js';
import { CountingSource, KINDS } from '../support/counting-source.js';
import { fixture } from '../support/fixture.js';
import { Gate } from '../support/gate.js';
import { errorWithCode } from '../support/outcome-of.js';
import { withSupervisor } from '../support/with-supervisor.js';

type Echo = typeof import('../fixtures/handlers/echo.js');
type Gated = typeof import('../fixtures/handlers/wait-at-gate.js');
type Picky = typeof import('../fixtures/handlers/fail-often.js');

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

function valueOf(item: MapItem<unknown, unknown>): unknown {
  assert.equal(item.status, 'ok');
  return item.value;
}

test('yields every input with its index, value and usage, in the order of the inputs', async () => {
  await withSupervisor({ threads: 3 }, async (supervisor) => {
    const echo = await echoOf(supervisor);
    const items = await all(echo.map(['a', 'b', 'c']));
    assert.deepEqual(
      items.map(({ index, input, status }) => [index, input, status]),
      [
        [0, 'a', 'ok'],
        [1, 'b', 'ok'],
        [2, 'c', 'ok'],
      ],
    );
    assert.deepEqual(items.map(valueOf), ['a', 'b', 'c']);
    assert.deepEqual(Object.keys(items[0] ?? {}), ['index', 'input', 'status', 'value', 'usage']);
  });
});

test('keeps twenty thousand trivial inputs in order', async () => {
  await withSupervisor({ threads: 3 }, async (supervisor) => {
    const echo = await echoOf(supervisor);
    let next = 0;
    for await (const item of echo.map(new CountingSource(20_000).as('sync'))) {
      assert.equal(item.index, next);
      assert.equal(valueOf(item), next++);
    }
    assert.equal(next, 20_000);
  });
});

test('takes any iterable or async iterable, text and streams included', async () => {
  await withSupervisor({ threads: 2 }, async (supervisor) => {
    const echo = await echoOf(supervisor);
    const valuesOf = async (inputs: Iterable<unknown> | AsyncIterable<unknown>): Promise<unknown[]> =>
      (await all(echo.map(inputs))).map(valueOf);
    assert.deepEqual(await valuesOf([1, 2]), [1, 2]);
    assert.deepEqual(await valuesOf([]), []);
    assert.deepEqual(await valuesOf(new Set(['x', 'y'])), ['x', 'y']);
    assert.deepEqual(await valuesOf(new Map([['k', 1]])), [['k', 1]]);
    assert.deepEqual(await valuesOf(new Uint8Array([7, 8])), [7, 8]);
    assert.deepEqual(await valuesOf(new CountingSource(3).as('async')), [0, 1, 2]);
    assert.deepEqual(await valuesOf(Readable.from(['l1', 'l2'])), ['l1', 'l2']);
    assert.deepEqual(await valuesOf('añ'), ['a', 'ñ']);
  });
});

test('takes an async iterator whose promises are not of this realm', async () => {
  await withSupervisor({ threads: 1 }, async (supervisor) => {
    const echo = await echoOf(supervisor);
    let count = 0;
    const result = (): IteratorResult<number> =>
      ++count > 3 ? { done: true, value: undefined } : { done: false, value: count };
    const thenable = {
      [Symbol.asyncIterator]: () => ({ next: () => ({ then: (ok: (value: unknown) => void) => ok(result()) }) }),
    };
    const seen: unknown[] = [];
    for await (const item of echo.map(thenable as unknown as AsyncIterable<number>)) {
      seen.push(valueOf(item));
      if (seen.length > 3) break;
    }
    assert.deepEqual(seen, [1, 2, 3]);
  });
});

test('yields results as they come when told not to keep the order', async () => {
  await withSupervisor({ threads: 2 }, async (supervisor) => {
    const waitAtGate = await gatedOf(supervisor);
    const [shut, open] = [new Gate(), new Gate()];
    open.open();
    const inputs = [shut, open, open].map(({ words }, value) => ({ words, value }));
    const items = waitAtGate.map(inputs, { ordered: false });
    const indexOfNext = async (): Promise<number | undefined> => {
      const next = await items.next();
      return next.done === true ? undefined : next.value.index;
    };
    const first = [await indexOfNext(), await indexOfNext()];
    assert.deepEqual(first.sort(), [1, 2]);
    shut.open();
    assert.equal(await indexOfNext(), 0);
    assert.equal((await items.next()).done, true);
  });
});

test('holds results back until their turn when it keeps the order', async () => {
  await withSupervisor({ threads: 2 }, async (supervisor) => {
    const waitAtGate = await gatedOf(supervisor);
    const [shut, open] = [new Gate(), new Gate()];
    open.open();
    let yielded = 0;
    let settled = 0;
    const others = new Promise<void>((resolve) => {
      supervisor.on('settled', () => {
        if (++settled === 2) resolve();
      });
    });
    const inputs = [shut, open, open].map(({ words }, value) => ({ words, value }));
    const order: number[] = [];
    const reading = (async () => {
      for await (const item of waitAtGate.map(inputs)) {
        yielded++;
        order.push(item.index);
      }
    })();
    await others;
    await new Promise((resolve) => setImmediate(resolve));
    assert.equal(yielded, 0);
    shut.open();
    await reading;
    assert.deepEqual(order, [0, 1, 2]);
  });
});

for (const kind of KINDS) {
  for (const ordered of [true, false]) {
    test(`never has more than concurrency inputs pulled and not yielded (${kind} source, ${ordered ? 'ordered' : 'unordered'})`, async () => {
      await withSupervisor({ threads: 2 }, async (supervisor) => {
        const echo = await echoOf(supervisor);
        for (const concurrency of [1, 2, 3, 7, 8, 9, 64, 1_000]) {
          const source = new CountingSource(300);
          let yielded = 0;
          let most = 0;
          const watched = {
            *[Symbol.iterator]() {
              for (const value of source) {
                most = Math.max(most, source.pulled - yielded);
                yield value;
              }
            },
            async *[Symbol.asyncIterator]() {
              for await (const value of source.as('async')) {
                most = Math.max(most, source.pulled - yielded);
                yield value;
              }
            },
          };
          const inputs = kind === 'sync' ? { [Symbol.iterator]: () => watched[Symbol.iterator]() } : watched;
          const items = echo.map(inputs, { concurrency, ordered })[Symbol.asyncIterator]();
          for (let next = await items.next(); next.done !== true; next = await items.next()) yielded++;
          assert.equal(yielded, 300);
          // The pull for the item that is being handed over may come before the loop has counted it.
          assert.ok(most <= concurrency + 1, `${most} pulled and not yielded, ${concurrency} allowed`);
        }
      });
    });
  }

  test(`pulls exactly concurrency inputs while nothing is yielded (${kind} source)`, async () => {
    await withSupervisor({ threads: 2 }, async (supervisor) => {
      const waitAtGate = await gatedOf(supervisor);
      for (const concurrency of [1, 2, 9, 40]) {
        const gate = new Gate();
        const source = new CountingSource();
        const inputs =
          kind === 'sync'
            ? (function* () {
                for (const value of source) yield { words: gate.words, value };
              })()
            : (async function* () {
                for await (const value of source.as('async')) yield { words: gate.words, value };
              })();
        const items = waitAtGate.map(inputs, { concurrency });
        assert.equal(source.pulled, 0, 'pulled before anybody asked');
        const first = items.next();
        await gate.arrived(concurrency);
        await new Promise((resolve) => setImmediate(resolve));
        assert.equal(source.pulled, concurrency);
        gate.open();
        await first;
        await items.return?.();
      }
    });
  });

  test(`yields what was pulled before the source failed, then its error, then nothing (${kind} source)`, async () => {
    await withSupervisor({ threads: 2 }, async (supervisor) => {
      const echo = await echoOf(supervisor);
      const broken = new Error('disk gone');
      const inputs =
        kind === 'sync'
          ? (function* () {
              yield* [1, 2, 3];
              throw broken;
            })()
          : (async function* () {
              yield* [1, 2, 3];
              throw broken;
            })();
      const items = echo.map(inputs);
      const seen: unknown[] = [];
      await assert.rejects(
        (async () => {
          for await (const item of items) seen.push(valueOf(item));
        })(),
        broken,
      );
      assert.deepEqual(seen, [1, 2, 3]);
      assert.deepEqual(await items.next(), { done: true, value: undefined });
    });
  });
}

test('goes on after an item that failed, timed out or was lost', async () => {
  await withSupervisor({ threads: 2 }, async (supervisor) => {
    const { failOften } = await supervisor.load<Picky>(fixture('fail-often'));
    const items = await all(failOften.map([{ times: 0 }, { times: 1 }, { times: 0 }]));
    assert.deepEqual(
      items.map(({ status }) => status),
      ['ok', 'failed', 'ok'],
    );
    const [, failed] = items;
    assert.ok(failed !== undefined && failed.status === 'failed');
    assert.deepEqual(
      [(failed.error as Error).name, (failed.error as { code?: unknown }).code],
      ['RangeError', 'E_NOT_YET'],
    );
    assert.deepEqual(failed.input, { times: 1 });
    const waitAtGate = await gatedOf(supervisor);
    const gate = new Gate();
    const late = await all(waitAtGate.map([{ words: gate.words }], { timeout: 20, grace: 20 }));
    assert.equal(late[0]?.status, 'timed-out');
    const { exit } = await supervisor.load<typeof import('../fixtures/handlers/exit.js')>(fixture('exit'));
    const dead = await all(exit.map([3]));
    assert.equal(dead[0]?.status, 'lost');
  });
});

test('tells an input that cannot be cloned as a failed item', async () => {
  await withSupervisor({ threads: 1 }, async (supervisor) => {
    const echo = await echoOf(supervisor);
    const items = await all(echo.map([1, { f: () => 1 }, 2]));
    assert.deepEqual(
      items.map(({ status }) => status),
      ['ok', 'failed', 'ok'],
    );
    const [, failed] = items;
    assert.ok(failed?.status === 'failed');
    assert.equal((failed.error as { code?: unknown }).code, 'PLUSTWO_NOT_CLONEABLE');
  });
});

test('answers calls of next() that do not wait for each other in order, and all beyond the end', async () => {
  await withSupervisor({ threads: 2 }, async (supervisor) => {
    const echo = await echoOf(supervisor);
    for (const kind of KINDS) {
      const items = echo.map(new CountingSource(5).as(kind), { concurrency: 2 });
      const results = await Promise.all(Array.from({ length: 8 }, () => items.next()));
      assert.deepEqual(
        results.map(({ done, value }) => (done === true ? 'done' : value.index)),
        [0, 1, 2, 3, 4, 'done', 'done', 'done'],
      );
    }
  });
});

test('waits before a full queue instead of failing items, unless told to', async () => {
  await withSupervisor({ threads: 1, maxQueue: 2 }, async (supervisor) => {
    const echo = await echoOf(supervisor);
    const items = await all(echo.map(new CountingSource(200).as('sync'), { concurrency: 100 }));
    assert.ok(items.every(({ status }) => status === 'ok'));
    const hasty = await all(echo.map(new CountingSource(200).as('sync'), { concurrency: 100, whenFull: 'reject' }));
    const refused = hasty.filter(({ status }) => status === 'failed');
    assert.ok(refused.length > 0);
    for (const item of refused) {
      assert.ok(item.status === 'failed');
      assert.equal((item.error as { code?: unknown }).code, 'PLUSTWO_QUEUE_FULL');
      assert.deepEqual([item.usage.attempts, item.usage.slot], [0, null]);
    }
  });
});

test('tells what each item cost', async () => {
  await withSupervisor({ threads: 1 }, async (supervisor) => {
    const { failOften } = await supervisor.load<Picky>(fixture('fail-often'));
    const [item] = await all(failOften.map([{ times: 2 }], { retry: { attempts: 3, backoff: 0 } }));
    assert.ok(item?.status === 'ok');
    const { usage } = item;
    assert.deepEqual(Object.keys(usage).sort(), [
      'attempts',
      'cpuMs',
      'descriptors',
      'estimated',
      'heapDeltaBytes',
      'runMs',
      'slot',
      'waitMs',
    ] satisfies (keyof Usage)[]);
    assert.deepEqual([usage.attempts, usage.slot], [3, 0]);
    assert.ok(usage.waitMs >= 0 && usage.runMs >= 0);
    assert.equal(typeof usage.estimated, 'boolean');
    assert.deepEqual(Object.keys(usage.descriptors), ['opened', 'leaked']);
    assert.deepEqual(JSON.parse(JSON.stringify(usage)), usage);
  });
});

test('tells wrong options when its first result is asked for, and throws nothing before', async () => {
  await withSupervisor({ threads: 1 }, async (supervisor) => {
    const echo = await echoOf(supervisor);
    for (const wrong of [
      { concurrency: 0 },
      { concurency: 2 },
      { ordered: 'yes' },
      { transfer: [] },
      { timeout: -1 },
    ]) {
      const items = echo.map([1], wrong as MapOptions);
      await errorWithCode(items.next(), 'PLUSTWO_BAD_OPTION');
    }
  });
});

test('yields every input exactly once for any number of inputs, window, order and source', async () => {
  await withSupervisor({ threads: 2 }, async (supervisor) => {
    const echo = await echoOf(supervisor);
    const run = fc.asyncProperty(
      fc.nat(60),
      fc.integer({ min: 1, max: 40 }),
      fc.boolean(),
      fc.constantFrom(...KINDS),
      async (count, concurrency, ordered, kind) => {
        const items = await all(echo.map(new CountingSource(count).as(kind), { concurrency, ordered }));
        const values = items.map(valueOf) as number[];
        if (!ordered) values.sort((a, b) => a - b);
        assert.deepEqual(
          values,
          Array.from({ length: count }, (_, index) => index),
        );
      },
    );
    await fc.assert(run, { numRuns: 60 });
  });
});
