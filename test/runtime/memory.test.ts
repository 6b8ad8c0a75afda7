import assert from 'node:assert/strict';
import { AsyncLocalStorage } from 'node:async_hooks';
import test from 'node:test';
import type { Supervisor } from '../../runtime/index.js';
import { stillHeld } from '../support/collect-garbage.js';
import { fixture } from '../support/fixture.js';
import { Gate } from '../support/gate.js';
import { outcomeOf } from '../support/outcome-of.js';
import { withSupervisor } from '../support/with-supervisor.js';

type Echo = typeof import('../fixtures/handlers/echo.js');
type FailOften = typeof import('../fixtures/handlers/fail-often.js');
type FaultAt = typeof import('../fixtures/handlers/fault-at.js');
type HangUntil = typeof import('../fixtures/handlers/hang-until.js');
type HoldWeakly = typeof import('../fixtures/handlers/hold-weakly.js');

const RETRY = { attempts: 2, backoff: 0 };

/** Runs what makes objects in a function of its own, so that no variable of the test holds them, and names who is still held. */
async function heldAfter(make: (references: Map<string, WeakRef<object>>) => Promise<void>): Promise<string[]> {
  const references = new Map<string, WeakRef<object>>();
  await make(references);
  assert.ok(references.size > 0);
  return stillHeld(references);
}

/** Calls, and remembers weakly whatever belongs to the call. */
async function callAndForget(
  references: Map<string, WeakRef<object>>,
  name: string,
  call: (input: never, options: { signal: AbortSignal; onProgress: () => void; deadline: number }) => Promise<unknown>,
  input: object,
  afterwards?: (controller: AbortController) => Promise<void>,
): Promise<void> {
  const controller = new AbortController();
  const onProgress = (): void => undefined;
  const task = call(input as never, { signal: controller.signal, onProgress, deadline: 3_600_000 });
  references.set(`${name}: promise`, new WeakRef(task));
  references.set(`${name}: input`, new WeakRef<object>(input));
  references.set(`${name}: signal`, new WeakRef(controller.signal));
  references.set(`${name}: onProgress`, new WeakRef(onProgress));
  const ended = outcomeOf(task);
  await afterwards?.(controller);
  const end = await ended;
  const result = end.status === 'fulfilled' ? end.value : end.error;
  if (typeof result === 'object' && result !== null) references.set(`${name}: ${end.status}`, new WeakRef(result));
}

const load = async (supervisor: Supervisor) => ({
  ...(await supervisor.load<Echo>(fixture('echo'))),
  ...(await supervisor.load<FailOften>(fixture('fail-often'))),
  ...(await supervisor.load<FaultAt>(fixture('fault-at'))),
  ...(await supervisor.load<HangUntil>(fixture('hang-until'))),
});

test('nothing of a settled task is held, however it settled', async () => {
  await withSupervisor({ threads: 2, grace: 20 }, async (supervisor) => {
    const { echo, echoIo, faultAt, failOften, hangUntil } = await load(supervisor);
    const held = await heldAfter(async (references) => {
      const call = (...args: Parameters<typeof callAndForget> extends [unknown, ...infer Rest] ? Rest : never) =>
        callAndForget(references, ...args);
      await call('ok', echo, { value: 1 });
      await call('io ok', echoIo, { value: 1 });
      await call('failed', failOften, { times: 9 });
      await call('tried again', (input, options) => failOften(input, { ...options, retry: RETRY }), { times: 1 });
      await call('tried in vain', (input, options) => failOften(input, { ...options, retry: RETRY }), { times: 9 });
      await call('lost', faultAt, { fault: 'exit 1' });
      await call('uncaught', faultAt, { fault: 'throw in a timer' });
      await call('timed out', (input, options) => faultAt(input, { ...options, timeout: 20 }), { fault: 'hang' });
      await call('blocked and timed out', (input, options) => faultAt(input, { ...options, timeout: 20 }), {
        fault: 'loop',
      });
      await call('not cloneable', echo, { callback: () => 1 });
      await call('result not cloneable', faultAt, { fault: 'return what cannot be cloned' });
      const gate = new Gate();
      await call('cancelled', hangUntil, { words: gate.words, attempt: 9 }, async (controller) => {
        await gate.marked();
        controller.abort(new Error('enough'));
      });
      await call('cancelled at once', echo, { value: 1 }, async (controller) => {
        controller.abort(new Error('enough'));
        await Promise.resolve();
      });
    });
    assert.deepEqual(held, []);
  });
});

test('the reason of a cancel is held by its signal alone', async () => {
  await withSupervisor({ threads: 1, grace: 20 }, async (supervisor) => {
    const { hangUntil } = await load(supervisor);
    const held = await heldAfter(async (references) => {
      const gate = new Gate();
      const controller = new AbortController();
      const reason = new Error('enough');
      references.set('reason', new WeakRef(reason));
      const ended = outcomeOf(hangUntil({ words: gate.words, attempt: 9 }, { signal: controller.signal }));
      await gate.marked();
      controller.abort(reason);
      await ended;
    });
    assert.deepEqual(held, []);
  });
});

test('a signal that outlives its tasks holds none of them', async () => {
  await withSupervisor({ threads: 2 }, async (supervisor) => {
    const { echo } = await load(supervisor);
    const controller = new AbortController();
    const held = await heldAfter(async (references) => {
      const inputs = Array.from({ length: 200 }, (_, value) => ({ value }));
      const outputs = await Promise.all(inputs.map((input) => echo(input, { signal: controller.signal })));
      for (const [index, input] of inputs.entries()) references.set(`input ${index}`, new WeakRef<object>(input));
      for (const [index, output] of outputs.entries()) references.set(`output ${index}`, new WeakRef(output as object));
    });
    assert.deepEqual(held, []);
    controller.abort();
  });
});

test('map holds no more of what it has yielded', async () => {
  await withSupervisor({ threads: 2 }, async (supervisor) => {
    const { echo } = await load(supervisor);
    const references = new Map<string, WeakRef<object>>();
    let made = 0;
    // No generator: a suspended one holds what it yielded last in a register.
    const inputs: IterableIterator<{ value: number }> = {
      [Symbol.iterator]: () => inputs,
      next: () => {
        const value = made++;
        if (value === 2_000) return { done: true, value: undefined };
        const input = { value };
        references.set(`input ${value}`, new WeakRef<object>(input));
        return { done: false, value: input };
      },
    };
    const iteration = echo.map(inputs, { concurrency: 64 });
    await (async () => {
      for (let count = 0; count < 1_000; count++) {
        const { value: item } = (await iteration.next()) as { value: { index: number; status: string; value: object } };
        assert.equal(item.status, 'ok');
        references.set(`item ${item.index}`, new WeakRef<object>(item));
        references.set(`output ${item.index}`, new WeakRef<object>(item.value));
      }
    })();
    const yielded = new Map([...references].filter(([name]) => Number(name.split(' ')[1]) < 1_000));
    assert.equal(yielded.size, 3_000);
    assert.deepEqual(await stillHeld(yielded), []);
    await iteration.return?.();
    assert.deepEqual(await stillHeld(references), []);
  });
});

for (const how of ['ok', 'exit 1', 'hang'] as const) {
  test(`the caller’s AsyncLocalStorage is let go of with the task (${how})`, async () => {
    await withSupervisor({ threads: 2, grace: 20 }, async (supervisor) => {
      const { echo, faultAt } = await load(supervisor);
      const storage = new AsyncLocalStorage<object>();
      const held = await heldAfter(async (references) => {
        const store = { request: 'of one caller' };
        references.set('store', new WeakRef<object>(store));
        await storage.run(store, () =>
          outcomeOf(how === 'ok' ? faultAt({ value: 1 }) : faultAt({ fault: how }, { timeout: 100 })),
        );
        for (let call = 0; call < 20; call++) await echo({ call });
        await supervisor.drain();
      });
      assert.deepEqual(held, []);
    });
  });
}

test('a thread holds nothing of the attempts that ended in it', async () => {
  await withSupervisor({ threads: 1 }, async (supervisor) => {
    const { holdWeakly, holdWeaklyIo, holdWeaklyAndThrow, countHeld } = await supervisor.load<HoldWeakly>(
      fixture('hold-weakly'),
    );
    for (const handle of [holdWeakly, holdWeaklyIo, holdWeaklyAndThrow]) {
      await Promise.all(Array.from({ length: 50 }, (_, index) => outcomeOf(handle({ index }))));
    }
    assert.equal(await countHeld(), 0);
  });
});

test('a closed supervisor is held by nobody', async () => {
  const held = await heldAfter(async (references) => {
    await withSupervisor({ threads: 2 }, async (supervisor) => {
      references.set('supervisor', new WeakRef(supervisor));
      const { echo } = await load(supervisor);
      references.set('handle', new WeakRef(echo));
      await echo(1);
    });
  });
  assert.deepEqual(held, []);
});
