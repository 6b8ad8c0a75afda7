import assert from 'node:assert/strict';
import test from 'node:test';
import type { SettledEvent, Supervisor } from '../../runtime/index.js';
import { fixture } from '../support/fixture.js';
import { Gate } from '../support/gate.js';
import { errorOf, errorWithCode } from '../support/outcome-of.js';
import { withSupervisor } from '../support/with-supervisor.js';

type FailOften = typeof import('../fixtures/handlers/fail-often.js');
type ExitOften = typeof import('../fixtures/handlers/exit-often.js');
type MoveBuffers = typeof import('../fixtures/handlers/move-buffers.js');

const AT_ONCE = { backoff: 0 };
const FIVE = { retry: { ...AT_ONCE, attempts: 5 } };
const loadFail = (supervisor: Supervisor) => supervisor.load<FailOften>(fixture('fail-often'));

test('without a policy there is one attempt', async () => {
  await withSupervisor({ threads: 1 }, async (supervisor) => {
    const { failOften } = await loadFail(supervisor);
    const gate = new Gate();
    const error = (await errorOf(failOften({ times: 1, words: gate.words }))) as Error;
    assert.equal(error.message, 'not yet: attempt 1');
    assert.equal(gate.marks(), 1);
  });
});

test('attempts count the first one; the handler knows its number; the last error is what rejects', async () => {
  await withSupervisor({ threads: 1 }, async (supervisor) => {
    const { failOften } = await loadFail(supervisor);
    const settled: SettledEvent[] = [];
    supervisor.on('settled', (event) => settled.push(event));
    const gate = new Gate();
    assert.equal(await failOften({ times: 2, words: gate.words }, { retry: { ...AT_ONCE, attempts: 3 } }), 3);
    assert.equal(gate.marks(), 3);
    const error = (await errorOf(failOften({ times: 9 }, { retry: { ...AT_ONCE, attempts: 3 } }))) as Error;
    assert.equal(error.message, 'not yet: attempt 3');
    assert.deepEqual(
      settled.map(({ outcome, usage }) => [outcome, usage.attempts]),
      [
        ['ok', 3],
        ['failed', 3],
      ],
    );
    assert.equal(supervisor.snapshot().tasks.failOften?.retried, 4);
  });
});

test('`on` lists outcomes, codes and names; anything else is not tried again', async () => {
  await withSupervisor({ threads: 1 }, async (supervisor) => {
    const { failOften } = await loadFail(supervisor);
    const attemptsWith = async (on: string[]): Promise<number> => {
      const gate = new Gate();
      await failOften({ times: 1, words: gate.words }, { retry: { ...AT_ONCE, attempts: 2, on } }).catch(
        () => undefined,
      );
      return gate.marks();
    };
    assert.equal(await attemptsWith(['failed']), 2);
    assert.equal(await attemptsWith(['E_NOT_YET']), 2);
    assert.equal(await attemptsWith(['RangeError']), 2);
    assert.equal(await attemptsWith(['lost', 'timed-out']), 1);
    assert.equal(await attemptsWith(['E_OTHER']), 1);
    assert.equal(await attemptsWith([]), 1);
  });
});

test('every attempt gets the input as it was submitted, whatever the one before did to it', async () => {
  await withSupervisor({ threads: 1 }, async (supervisor) => {
    const { spoilInput } = await supervisor.load<typeof import('../fixtures/handlers/spoil-input.js')>(
      fixture('spoil-input'),
    );
    const input = { list: [1, 2, 3] };
    assert.deepEqual(await spoilInput(input, { retry: { ...AT_ONCE, attempts: 3 } }), { attempt: 3, found: [1, 2, 3] });
    assert.deepEqual(input, { list: [1, 2, 3] });
  });
});

test('a task that waits before another attempt holds up nobody', async () => {
  await withSupervisor({ threads: 1 }, async (supervisor) => {
    const { failOften } = await loadFail(supervisor);
    const gate = new Gate();
    const controller = new AbortController();
    const retry = { attempts: 2, backoff: '1h', maxBackoff: '1h', jitter: false };
    const delayed = errorOf(failOften({ times: 1, words: gate.words }, { retry, signal: controller.signal }));
    await gate.marked();
    const others = await Promise.all(Array.from({ length: 50 }, () => failOften({ times: 0 })));
    assert.equal(others.length, 50);
    controller.abort(new Error('enough'));
    await delayed;
  });
});

for (const [exit, times] of [
  ['exit', 1],
  ['hang', 2],
] as const) {
  test(`an attempt that goes down with its thread (${exit}) is tried again in another`, async () => {
    await withSupervisor({ threads: 1, grace: 30 }, async (supervisor) => {
      const { exitOften, hangOften } = await supervisor.load<ExitOften>(fixture('exit-often'));
      const gate = new Gate();
      const handle = exit === 'exit' ? exitOften : hangOften;
      const options = { timeout: 5_000, retry: { ...AT_ONCE, attempts: 3 } };
      // The last attempt has to load its module in a new thread within it.
      if (exit === 'hang') options.timeout = 1_000;
      assert.equal(await handle({ times, words: gate.words }, options), times + 1);
      assert.equal(gate.marks(), times + 1);
    });
  });
}

test('a lost task is tried only as often as it may, and then rejects with the loss', async () => {
  await withSupervisor({ threads: 1 }, async (supervisor) => {
    const { exitOften } = await supervisor.load<ExitOften>(fixture('exit-often'));
    const gate = new Gate();
    const error = await errorWithCode(
      exitOften({ times: 9, words: gate.words }, { retry: { ...AT_ONCE, attempts: 2 } }),
      'PLUSTWO_THREAD_LOST',
    );
    assert.match(error.message, /exit code 13/);
    assert.equal(gate.marks(), 2);
  });
});

test('tasks behind a culprit that is tried again keep their own attempts', async () => {
  await withSupervisor({ threads: 1 }, async (supervisor) => {
    const { exitOften } = await supervisor.load<ExitOften>(fixture('exit-often'));
    for (let index = 0; index < 200; index++) await exitOften({ times: 0 });
    const settled: SettledEvent[] = [];
    supervisor.on('settled', (event) => settled.push(event));
    const culprit = exitOften({ times: 1 }, { retry: { ...AT_ONCE, attempts: 3 } });
    const others = Array.from({ length: 20 }, () => exitOften({ times: 0 }, { retry: { ...AT_ONCE, attempts: 2 } }));
    assert.deepEqual(
      await Promise.all(others),
      others.map(() => 1),
    );
    assert.equal(await culprit, 2);
    assert.deepEqual(
      settled.filter(({ usage }) => usage.attempts !== 1).map(({ usage }) => usage.attempts),
      [2],
    );
  });
});

test('retries are paid for: beyond the budget a failed task is told so, with its error as the cause', async () => {
  const retryBudget = { ratio: 0.2, floorPerSecond: 0 };
  await withSupervisor({ threads: 2, retryBudget }, async (supervisor) => {
    const { failOften } = await loadFail(supervisor);
    const settled: SettledEvent[] = [];
    supervisor.on('settled', (event) => settled.push(event));
    const gate = new Gate();
    const tasks = Array.from({ length: 100 }, () => errorOf(failOften({ times: 9, words: gate.words }, FIVE)));
    const errors = (await Promise.all(tasks)) as (Error & Record<string, unknown>)[];
    assert.equal(gate.marks(), 120, 'a fifth of the calls');
    for (const error of errors) {
      assert.deepEqual([error.code, error.dependency], ['PLUSTWO_RETRY_BUDGET', null]);
      assert.match((error.cause as Error).message, /^not yet: attempt \d$/);
    }
    assert.ok(settled.every(({ outcome }) => outcome === 'failed'));
    assert.equal(supervisor.snapshot().tasks.failOften?.retried, 20);
  });
});

test('work that goes well pays for the retries of what does not, and without a budget nobody is refused', async () => {
  const budgets = [{ ratio: 0.5, floorPerSecond: 0 }, false] as const;
  for (const retryBudget of budgets) {
    await withSupervisor({ threads: 2, retryBudget }, async (supervisor) => {
      const { failOften } = await loadFail(supervisor);
      if (retryBudget !== false) for (let call = 0; call < 60; call++) await failOften({ times: 0 });
      const retried = Array.from({ length: 10 }, () => failOften({ times: 3 }, FIVE));
      assert.deepEqual(
        await Promise.all(retried),
        Array.from({ length: 10 }, () => 4),
      );
    });
  }
});

test('a task with a transfer list has one attempt, whatever the policy', async () => {
  await withSupervisor({ threads: 1 }, async (supervisor) => {
    const { failWithBytes } = await supervisor.load<typeof import('../fixtures/handlers/fail-with-bytes.js')>(
      fixture('fail-with-bytes'),
    );
    const gate = new Gate();
    const bytes = new Uint8Array(10);
    const error = (await errorOf(
      failWithBytes({ words: gate.words, bytes }, { transfer: [bytes.buffer], retry: { ...AT_ONCE, attempts: 5 } }),
    )) as Error;
    assert.equal(error.message, 'got 10 bytes in attempt 1');
    assert.equal(gate.marks(), 1);
    const { sum } = await supervisor.load<MoveBuffers>(fixture('move-buffers'));
    assert.equal(await sum(new Uint8Array([1, 2]), { transfer: [], retry: { ...AT_ONCE, attempts: 2 } }), 3);
  });
});

test('a policy declared beside the code holds, and a call lays its own over it', async () => {
  await withSupervisor({ threads: 1 }, async (supervisor) => {
    const { failTwice } = await supervisor.load<typeof import('../fixtures/handlers/declared-retry.js')>(
      fixture('declared-retry'),
    );
    assert.equal(await failTwice(), 3);
    const error = (await errorOf(failTwice(undefined, { retry: { attempts: 2 } }))) as Error;
    assert.equal(error.message, 'attempt 2');
  });
});

test('map tries its items again one by one', async () => {
  await withSupervisor({ threads: 2 }, async (supervisor) => {
    const { failOften } = await loadFail(supervisor);
    const inputs = Array.from({ length: 50 }, (_, index) => ({ times: index % 4 }));
    const seen: (readonly [string, number])[] = [];
    for await (const { status, usage } of failOften.map(inputs, { retry: { ...AT_ONCE, attempts: 3 } }))
      seen.push([status, usage.attempts]);
    assert.deepEqual(
      seen,
      inputs.map(({ times }) => [times < 3 ? 'ok' : 'failed', Math.min(times + 1, 3)]),
    );
  });
});
