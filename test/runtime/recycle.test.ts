import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { platform } from 'node:os';
import test from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { RecycleRecord, Supervisor } from '../../runtime/index.js';
import { fixture } from '../support/fixture.js';
import { Gate } from '../support/gate.js';
import { errorWithCode } from '../support/outcome-of.js';
import { withSupervisor } from '../support/with-supervisor.js';

type LeaveFileOpen = typeof import('../fixtures/handlers/leave-file-open.js');
type WaitAtGate = typeof import('../fixtures/handlers/wait-at-gate.js');
type Echo = typeof import('../fixtures/handlers/echo.js');

const FILE = fileURLToPath(import.meta.url);
const LIMIT = 16;
const THREADS = 3;
const TASKS = 200;

const onLinux = { skip: platform() === 'linux' ? false : 'descriptors are counted in /proc' };

for (const name of ['leaveFileOpen', 'leaveFileOpenIo'] as const) {
  test(
    `tasks that leave a file open each never hold more than the limit allows, and none is lost: ${name}`,
    onLinux,
    async () => {
      const options = { threads: THREADS, ioConcurrency: LIMIT / 2, recycle: { descriptors: LIMIT } };
      await withSupervisor(options, async (supervisor) => {
        const { [name]: leave } = await supervisor.load<LeaveFileOpen>(fixture('leave-file-open'));
        await allUp(supervisor);
        const recycles = listen(supervisor);
        const before = descriptors();
        let most = before;
        supervisor.on('settled', () => (most = Math.max(most, descriptors())));
        const results = await Promise.all(Array.from({ length: TASKS }, () => leave(FILE)));
        assert.equal(results.length, TASKS);
        assert.ok(most <= before + THREADS * LIMIT, `${most - before} more were open, ${THREADS * LIMIT} are allowed`);
        assert.ok(recycles.length >= TASKS / LIMIT - THREADS, `${recycles.length} recycles`);
        for (const { reason, figures, generation } of recycles) {
          assert.equal(reason, 'descriptors');
          assert.ok(generation >= 1);
          assert.ok((figures.descriptorsHeld ?? 0) <= LIMIT, `${figures.descriptorsHeld} were held`);
        }
        assert.deepEqual(supervisor.snapshot().restarts, [], 'a recycle is no restart');
      });
    },
  );
}

test('an idle thread is replaced when it is old enough, by one that was up before it went', async () => {
  await withSupervisor({ threads: 1, recycle: { age: 50 } }, async (supervisor) => {
    const recycles = listen(supervisor);
    const { echo } = await supervisor.load<Echo>(fixture('echo'));
    await until(() => recycles.length >= 2);
    assert.equal(
      await echo('from a thread that had not seen the module'),
      'from a thread that had not seen the module',
    );
    const [first, second] = recycles;
    assert.deepEqual([first?.slot, first?.generation, first?.reason, first?.overlap], [0, 1, 'age', true]);
    assert.equal(second?.generation, 2);
    assert.ok((first?.figures.ageMs ?? 0) > 0);
  });
});

test('work goes on through one replacement after another, each task once', async () => {
  await withSupervisor({ threads: 2, recycle: { age: 20 } }, async (supervisor) => {
    const recycles = listen(supervisor);
    const { echo } = await supervisor.load<Echo>(fixture('echo'));
    let sent = 0;
    while (recycles.length < 8) {
      const inputs = Array.from({ length: 50 }, () => sent++);
      assert.deepEqual(await Promise.all(inputs.map((input) => echo(input))), inputs);
      const threads = supervisor.snapshot().threads.filter(({ threadId }) => threadId !== null);
      assert.ok(threads.length <= 2);
    }
  });
});

test('what runs in a thread that is to go ends there, and the successor has what had not started', async () => {
  await withSupervisor({ threads: 1, recycle: { age: 100 } }, async (supervisor) => {
    const recycles = listen(supervisor);
    const { waitAtGate } = await supervisor.load<WaitAtGate>(fixture('wait-at-gate'));
    const gate = new Gate();
    const running = waitAtGate({ words: gate.words, value: 'ran to its end' });
    await gate.arrived();
    const [generation] = generations(supervisor);
    await until(() => supervisor.snapshot().threads[0]?.state === 'retiring');
    const behind = waitAtGate({ words: gate.words, value: 'in the successor' });
    assert.deepEqual(generations(supervisor), [generation], 'the slot is still with the thread that works');
    const told = recycles.length;
    gate.open();
    assert.deepEqual(await Promise.all([running, behind]), ['ran to its end', 'in the successor']);
    await until(() => recycles.length > told);
    assert.equal(recycles[told]?.generation, generation);
    assert.equal(recycles[told]?.overlap, true);
  });
});

test('close ends a thread that was to go, and the one that was to take its place', async () => {
  const report = await withSupervisor({ threads: 1, grace: 10, recycle: { age: 100 } }, async (supervisor) => {
    const { waitAtGate } = await supervisor.load<WaitAtGate>(fixture('wait-at-gate'));
    const gate = new Gate();
    const running = errorWithCode(waitAtGate({ words: gate.words }), 'PLUSTWO_CLOSED');
    await gate.arrived();
    await until(() => supervisor.snapshot().threads[0]?.state === 'retiring');
    const closed = supervisor.close({ timeout: 0 });
    await running;
    await closed;
  });
  assert.ok(report.threads.every(({ exited }) => exited));
});

test('a thread either dies or is recycled, and work goes on after both', async () => {
  type ExitOrEcho = typeof import('../fixtures/handlers/exit-or-echo.js');
  await withSupervisor({ threads: 1, recycle: { age: 60 } }, async (supervisor) => {
    const { exitOrEcho } = await supervisor.load<ExitOrEcho>(fixture('exit-or-echo'));
    const recycles = listen(supervisor);
    for (let round = 0; round < 5; round++) {
      const restarted = once(supervisor, 'restart');
      await errorWithCode(exitOrEcho('exit'), 'PLUSTWO_THREAD_LOST');
      await restarted;
      assert.equal(await exitOrEcho('behind'), 'behind');
    }
    const { restarts } = supervisor.snapshot();
    assert.equal(restarts.length, 5);
    const died = new Set(restarts.map(({ generation }) => generation));
    assert.ok(
      recycles.every(({ generation }) => !died.has(generation)),
      'a thread either dies or is recycled',
    );
  });
});

test('without limits no thread is replaced, whatever it holds', async () => {
  await withSupervisor({ threads: 1, recycle: false }, async (supervisor) => {
    const recycles = listen(supervisor);
    const { leaveFileOpen } = await supervisor.load<LeaveFileOpen>(fixture('leave-file-open'));
    for (let count = 1; count <= 100; count++) assert.equal(await leaveFileOpen(FILE), count);
    assert.deepEqual(recycles, []);
    assert.deepEqual(generations(supervisor), [1]);
  });
});

function listen(supervisor: Supervisor): RecycleRecord[] {
  const recycles: RecycleRecord[] = [];
  supervisor.on('recycle', (record) => {
    if (record.helped === null) recycles.push(record);
  });
  return recycles;
}

function generations(supervisor: Supervisor): number[] {
  return supervisor.snapshot().threads.map(({ generation }) => generation);
}

function descriptors(): number {
  return readdirSync('/proc/self/fd').length;
}

async function allUp(supervisor: Supervisor): Promise<void> {
  await until(() => supervisor.snapshot().threads.every(({ state }) => state === 'idle'));
}

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await nextTurn();
}
