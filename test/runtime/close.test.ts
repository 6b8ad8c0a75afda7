import assert from 'node:assert/strict';
import test from 'node:test';
import { type CloseReport, Supervisor } from '../../runtime/index.js';
import { deferred } from '../support/deferred.js';
import { fixture } from '../support/fixture.js';
import { Gate } from '../support/gate.js';
import { openState } from '../support/open-state.js';
import { errorWithCode, outcomeOf } from '../support/outcome-of.js';
import { runNode } from '../support/run-node.js';
import { assertNothingLeft, withSupervisor } from '../support/with-supervisor.js';

type Echo = typeof import('../fixtures/handlers/echo.js');
type WaitAtGate = typeof import('../fixtures/handlers/wait-at-gate.js');
type ObeySignal = typeof import('../fixtures/handlers/obey-signal.js');
type Sleep = typeof import('../fixtures/handlers/sleep.js');
type FaultAt = typeof import('../fixtures/handlers/fault-at.js');

const loadEcho = (supervisor: Supervisor) => supervisor.load<Echo>(fixture('echo'));

for (const threads of [1, 2, 4]) {
  test(`close with ${threads} threads and tasks of unequal length finishes them all and leaves nothing`, async () => {
    await withSupervisor({ threads }, async (supervisor) => {
      const { sleep, sleepIo, spin } = await supervisor.load<Sleep>(fixture('sleep'));
      const lengths = Array.from({ length: 24 }, (_, index) => (index * 7) % 40);
      const tasks = lengths.map((ms, index) => ([sleep, sleepIo, spin][index % 3] ?? sleep)(ms));
      const report = await supervisor.close();
      assert.deepEqual(await Promise.all(tasks), lengths);
      assert.equal(report.aborted, 0);
      assert.deepEqual(report.errors, []);
      assert.equal(supervisor.snapshot().state, 'closed');
      assert.ok(report.threads.every(({ exited }) => exited));
    });
  });

  test(`close of a cold supervisor with ${threads} threads, in the same tick, starts none and leaves nothing`, async () => {
    const before = await openState();
    const report = await new Supervisor({ threads }).close();
    assert.deepEqual(report.threads, []);
    await assertNothingLeft(before, report);
  });

  test(`close while the first of ${threads} threads is starting leaves nothing`, async () => {
    await withSupervisor({ threads }, async (supervisor) => {
      await Promise.resolve();
      await Promise.resolve();
      assert.equal(supervisor.snapshot().threads[0]?.state, 'starting');
      const report = await supervisor.close();
      assert.deepEqual(
        report.threads.map(({ exited }) => exited),
        [true],
      );
    });
  });

  test(`close while ${threads} threads are starting under a load and its tasks: the load is turned away`, async () => {
    await withSupervisor({ threads }, async (supervisor) => {
      const loading = outcomeOf(loadEcho(supervisor));
      await supervisor.close();
      const ended = await loading;
      assert.equal(ended.status, 'rejected');
      assert.equal((ended.error as { code?: unknown }).code, 'PLUSTWO_CLOSED');
    });
  });
}

test('close while other threads are still starting finishes the tasks that were accepted', async () => {
  await withSupervisor({ threads: 4 }, async (supervisor) => {
    const { echo } = await loadEcho(supervisor);
    const tasks = Array.from({ length: 40 }, (_, index) => echo(index));
    const closed = supervisor.close();
    assert.deepEqual(await Promise.all(tasks), [...tasks.keys()]);
    assert.equal((await closed).aborted, 0);
  });
});

test('a second close gives the same promise', async () => {
  await withSupervisor({ threads: 1 }, async (supervisor) => {
    await loadEcho(supervisor);
    const first = supervisor.close();
    assert.equal(supervisor.close({ timeout: 50_000 }), first);
    assert.equal(supervisor.close(), first);
    await first;
    assert.equal(supervisor.close(), first);
  });
});

test('the shorter timeout of two closes wins, whichever comes first', async () => {
  for (const timeouts of [
    [60_000, 0],
    [0, 60_000],
  ]) {
    await withSupervisor({ threads: 1, grace: 50 }, async (supervisor) => {
      const { waitAtGate } = await supervisor.load<WaitAtGate>(fixture('wait-at-gate'));
      const gate = new Gate();
      const held = outcomeOf(waitAtGate({ words: gate.words }));
      await gate.arrived();
      const [first, second] = timeouts.map((timeout) => supervisor.close({ timeout }));
      assert.equal(first, second);
      assert.equal((await first)?.aborted, 1);
      assert.equal((await held).status, 'rejected');
    });
  }
});

test('a close with a wrong option is refused, and closes nothing', async () => {
  await withSupervisor({ threads: 1 }, async (supervisor) => {
    await errorWithCode(supervisor.close({ timeout: Number.NaN }), 'PLUSTWO_BAD_OPTION');
    const { echo } = await loadEcho(supervisor);
    assert.equal(await echo(1), 1);
  });
});

test('close from the callback of a task', async () => {
  await withSupervisor({ threads: 2 }, async (supervisor) => {
    const { echo } = await loadEcho(supervisor);
    const report = await echo(1).then(() => supervisor.close());
    assert.equal(report.aborted, 0);
  });
});

test('close from onProgress finishes the task that made the progress', async () => {
  await withSupervisor({ threads: 1 }, async (supervisor) => {
    const { progressThenWait } = await supervisor.load<typeof import('../fixtures/handlers/progress.js')>(
      fixture('progress'),
    );
    const gate = new Gate();
    const closing = deferred<CloseReport>();
    const task = progressThenWait(
      { words: gate.words, value: 'done' },
      {
        onProgress: () => {
          supervisor.close().then(closing.resolve, closing.reject);
          gate.open();
        },
      },
    );
    assert.equal(await task, 'done');
    assert.equal((await closing.promise).aborted, 0);
  });
});

for (const event of ['settled', 'restart'] as const) {
  test(`close from a listener of '${event}'`, async () => {
    await withSupervisor({ threads: 2, grace: 50 }, async (supervisor) => {
      const { faultAt } = await supervisor.load<FaultAt>(fixture('fault-at'));
      const closing = deferred<CloseReport>();
      supervisor.once(event, () => {
        supervisor.close().then(closing.resolve, closing.reject);
      });
      const first = outcomeOf(faultAt({ fault: 'exit 1' }));
      const others = Array.from({ length: 6 }, (_, index) => faultAt({ value: index }));
      assert.deepEqual(await Promise.all(others), [...others.keys()]);
      await closing.promise;
      assert.equal((await first).status, 'rejected');
    });
  });
}

test('calls, map and load after close are turned away, and never run', async () => {
  const gate = new Gate();
  await withSupervisor({ threads: 1 }, async (supervisor) => {
    const { faultAt } = await supervisor.load<FaultAt>(fixture('fault-at'));
    const closed = supervisor.close();
    const during = faultAt({ words: gate.words });
    const error = await errorWithCode(during, 'PLUSTWO_CLOSED');
    assert.equal(error.started, false);
    await closed;
    await errorWithCode(faultAt({ words: gate.words }), 'PLUSTWO_CLOSED');
    await errorWithCode(supervisor.load(fixture('echo')), 'PLUSTWO_CLOSED');
    const statuses: string[] = [];
    for await (const item of faultAt.map([{ words: gate.words }, { words: gate.words }])) statuses.push(item.status);
    assert.ok(statuses.every((status) => status === 'cancelled'));
    await supervisor.drain();
  });
  assert.equal(gate.marks(), 0);
});

test('close aborts what runs after its timeout: the signal says so, and the task that had not started is told apart', async () => {
  const gate = new Gate();
  await withSupervisor({ threads: 1, grace: '10s' }, async (supervisor) => {
    const { writeReason } = await supervisor.load<ObeySignal>(fixture('obey-signal'));
    const { faultAt } = await supervisor.load<FaultAt>(fixture('fault-at'));
    const text = new Uint8Array(new SharedArrayBuffer(1024));
    const running = writeReason({ words: gate.words, text });
    const queued = faultAt({ words: gate.words });
    const [wasRunning, wasQueued] = [errorWithCode(running, 'PLUSTWO_CLOSED'), errorWithCode(queued, 'PLUSTWO_CLOSED')];
    await gate.arrived();
    const report = await supervisor.close({ timeout: 0 });
    assert.equal((await wasRunning).started, true);
    assert.equal((await wasQueued).started, false);
    assert.equal(report.aborted, 2);
    assert.match(Buffer.from(text.buffer).toString(), /ClosedError PLUSTWO_CLOSED/);
  });
  assert.equal(gate.marks(), 0, 'the queued task never ran');
});

test('close ends what ignores its signal after the grace, and what blocks its thread', async () => {
  await withSupervisor({ threads: 3, grace: 30 }, async (supervisor) => {
    const { faultAt, faultAtIo } = await supervisor.load<FaultAt>(fixture('fault-at'));
    const gate = new Gate();
    const { words } = gate;
    const tasks = [
      faultAt({ fault: 'hang', words }),
      faultAt({ fault: 'loop', words }),
      faultAtIo({ fault: 'hang', words }),
      faultAtIo({ fault: 'hang', words }),
    ].map((task) => errorWithCode(task, 'PLUSTWO_CLOSED'));
    await gate.marked(3);
    const report = await supervisor.close({ timeout: 0 });
    assert.equal(report.aborted, 4);
    for (const error of await Promise.all(tasks)) assert.equal(typeof error.started, 'boolean');
  });
});

test('close gives up a task that waits before another attempt', async () => {
  await withSupervisor({ threads: 1 }, async (supervisor) => {
    const { failOften } = await supervisor.load<typeof import('../fixtures/handlers/fail-often.js')>(
      fixture('fail-often'),
    );
    const gate = new Gate();
    const task = errorWithCode(
      failOften(
        { times: 1, words: gate.words },
        { retry: { attempts: 2, backoff: '1h', maxBackoff: '1h', jitter: false } },
      ),
      'PLUSTWO_CLOSED',
    );
    await gate.marked();
    const { echo } = await loadEcho(supervisor);
    await echo(1);
    await supervisor.close({ timeout: 0 });
    assert.equal((await task).started, true);
    assert.equal(gate.marks(), 1);
  });
});

test('await using closes at the end of its block', async () => {
  const before = await openState();
  let closed: Supervisor;
  {
    await using supervisor = new Supervisor({ threads: 1 });
    closed = supervisor;
    const { echo } = await loadEcho(supervisor);
    assert.equal(await echo(1), 1);
  }
  assert.equal(closed.snapshot().state, 'closed');
  await assertNothingLeft(before, await closed.close());
});

test('a thread that is being replaced when the supervisor closes still comes to the end of its teardown', async () => {
  const gate = new Gate();
  await withSupervisor({ threads: 1, workerData: { words: gate.words } }, async (supervisor) => {
    const { throwLater } = await supervisor.load<typeof import('../fixtures/handlers/slow-teardown.js')>(
      fixture('slow-teardown'),
    );
    assert.equal(await throwLater(), 'returned');
    await gate.arrived();
    const closed = supervisor.close();
    // The close is under way: what it does to the ending thread it has done once the admission is closed and the event loop has turned.
    for (let turn = 0; turn < 10; turn++) await new Promise((resolve) => setImmediate(resolve));
    gate.open();
    await closed;
  });
  assert.equal(gate.marks(), 1);
});

test('drain stops nothing and resolves when nothing accepted is pending', async () => {
  await withSupervisor({ threads: 1 }, async (supervisor) => {
    await supervisor.drain();
    const { waitAtGate } = await supervisor.load<WaitAtGate>(fixture('wait-at-gate'));
    const gate = new Gate();
    let settled = 0;
    const tasks = [1, 2, 3].map((value) => waitAtGate({ words: gate.words, value }).then(() => settled++));
    await gate.arrived();
    const drained = supervisor.drain();
    gate.open();
    await drained;
    await Promise.all(tasks);
    assert.equal(settled, 3);
    const { echo } = await loadEcho(supervisor);
    assert.equal(await echo('still open'), 'still open');
  });
});

for (const use of ['nothing', 'load', 'call']) {
  test(`a supervisor that is never closed does not keep a process alive (${use})`, async () => {
    const run = await runNode(new URL('../fixtures/hosts/never-closed.js', import.meta.url), use);
    assert.deepEqual(
      { exitCode: run.exitCode, signal: run.signal, stderr: run.stderr },
      { exitCode: 0, signal: null, stderr: '' },
    );
    assert.match(run.stdout, /last line/);
  });
}

for (const how of ['running', 'io', 'queued', 'delayed']) {
  test(`a pending task keeps a process alive until it has settled (${how})`, async () => {
    const run = await runNode(new URL('../fixtures/hosts/pending.js', import.meta.url), how);
    assert.deepEqual(
      { exitCode: run.exitCode, signal: run.signal, stderr: run.stderr },
      { exitCode: 0, signal: null, stderr: '' },
    );
    assert.match(run.stdout, /settled/);
  });
}
