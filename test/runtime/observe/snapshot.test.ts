import assert from 'node:assert/strict';
import { once } from 'node:events';
import test from 'node:test';
import { type Snapshot, Supervisor } from '../../../runtime/index.js';
import { fixture } from '../../support/fixture.js';
import { Gate } from '../../support/gate.js';
import { errorOf } from '../../support/outcome-of.js';
import { withSupervisor } from '../../support/with-supervisor.js';

type Echo = typeof import('../../fixtures/handlers/echo.js');
type Gated = typeof import('../../fixtures/handlers/wait-at-gate.js');
type Exit = typeof import('../../fixtures/handlers/exit.js');

/** Every field of a snapshot, by name; `[]` for lists whose members have a shape of their own, `{}` for tables. */
const SHAPE = {
  v: '',
  name: '',
  state: '',
  sizing: { threads: '', reason: '' },
  capabilities: { threadCpu: '', processDescriptors: '', unattributed: '', descriptorsByThread: '' },
  threads: [],
  lanes: { cpu: { queued: '', running: '', oldestMs: '' }, io: { queued: '', running: '', oldestMs: '' } },
  tasks: {},
  dependencies: {},
  process: {
    rssBytes: '',
    descriptorsOpen: '',
    descriptorLimit: '',
    descriptorReserve: '',
    ioHeldBack: '',
    cpuMs: '',
  },
  host: null,
  leaks: [],
  retained: [],
  growth: [],
  unattributed: [],
  restarts: [],
  recycles: [],
};
const THREAD_FIELDS = [
  ...[
    'slot',
    'threadId',
    'generation',
    'state',
    'kind',
    'task',
    'taskAgeMs',
    'tasksDone',
    'cpuMs',
    'eventLoopUtilization',
  ],
  ...[
    'heapUsedBytes',
    'heapLimitBytes',
    'externalBytes',
    'arrayBuffersBytes',
    'retainedBytes',
    'descriptorsOpen',
    'descriptorsLeaked',
  ],
];
const TASK_FIELDS = [
  ...['ok', 'failed', 'cancelled', 'timedOut', 'lost', 'retried', 'waitMs', 'runMs', 'cpuMs', 'loopMs', 'leaked'],
];
const RESTART_FIELDS = ['process', 'slot', 'generation', 'reason', 'task', 'taskId', 'at'];

function assertSameFields(actual: unknown, shape: unknown, where: string): void {
  if (typeof shape !== 'object' || shape === null || Array.isArray(shape) || Object.keys(shape).length === 0) return;
  assert.ok(typeof actual === 'object' && actual !== null, where);
  assert.deepEqual(Object.keys(actual).sort(), Object.keys(shape).sort(), where);
  for (const [key, inner] of Object.entries(shape))
    assertSameFields((actual as Record<string, unknown>)[key], inner, `${where}.${key}`);
}

function assertWellFormed(snapshot: Snapshot): void {
  assertSameFields(snapshot, SHAPE, 'snapshot');
  assert.equal(snapshot.v, 1);
  for (const thread of snapshot.threads) assert.deepEqual(Object.keys(thread).sort(), [...THREAD_FIELDS].sort());
  for (const figures of Object.values(snapshot.tasks)) {
    assert.deepEqual(Object.keys(figures).sort(), [...TASK_FIELDS].sort());
    assert.deepEqual(Object.keys(figures.waitMs), ['p50', 'p95', 'p99']);
    assert.deepEqual(Object.keys(figures.runMs), ['p50', 'p95', 'p99']);
  }
  for (const restart of snapshot.restarts) assert.deepEqual(Object.keys(restart).sort(), [...RESTART_FIELDS].sort());
  assert.deepEqual(JSON.parse(JSON.stringify(snapshot)), snapshot, 'a snapshot is plain JSON');
}

test('a snapshot has every field, and survives JSON, in every state of the supervisor', async () => {
  const supervisor = new Supervisor({ threads: 2, name: 'shapes' });
  const gate = new Gate();
  try {
    const fresh = supervisor.snapshot();
    assertWellFormed(fresh);
    assert.deepEqual(
      [fresh.name, fresh.state, fresh.sizing],
      ['shapes', 'running', { threads: 2, reason: '2, as asked' }],
    );
    assert.deepEqual(
      fresh.threads.map(({ slot, state, threadId: id }) => [slot, state, id]),
      [
        [0, 'cold', null],
        [1, 'cold', null],
      ],
    );
    const { waitAtGate, waitAtGateIo } = await supervisor.load<Gated>(fixture('wait-at-gate'));
    const { exit } = await supervisor.load<Exit>(fixture('exit'));
    const warmUp = new Gate();
    const warming = [waitAtGate({ words: warmUp.words }), waitAtGate({ words: warmUp.words })];
    await warmUp.arrived(2);
    warmUp.open();
    await Promise.all(warming);
    const running = [waitAtGate({ words: gate.words }), waitAtGateIo({ words: gate.words })];
    await gate.arrived(2);
    const queued = [waitAtGate({ words: gate.words }), waitAtGate({ words: gate.words })];
    await new Promise((resolve) => setImmediate(resolve));
    const busy = supervisor.snapshot();
    assertWellFormed(busy);
    assert.equal(busy.lanes.cpu.running, 1);
    assert.equal(busy.lanes.io.running, 1);
    assert.equal(busy.lanes.cpu.queued, 2);
    assert.ok((busy.lanes.cpu.oldestMs ?? -1) >= 0);
    const names = busy.threads.map(({ task }) => task).sort();
    assert.deepEqual(names, ['waitAtGate', 'waitAtGateIo']);
    for (const thread of busy.threads) {
      assert.equal(thread.state, 'busy');
      assert.ok((thread.taskAgeMs ?? -1) >= 0);
      assert.ok((thread.threadId ?? 0) > 0);
      assert.ok((thread.heapUsedBytes ?? 0) > 0);
    }
    gate.open();
    await Promise.all([...running, ...queued]);
    const restarted = once(supervisor, 'restart');
    await errorOf(exit(3));
    await restarted;
    const afterwards = supervisor.snapshot();
    assertWellFormed(afterwards);
    assert.equal(afterwards.tasks['waitAtGate']?.ok, 5);
    assert.equal(afterwards.tasks['exit']?.lost, 1);
    assert.equal(afterwards.restarts.length, 1);
    assert.match(afterwards.restarts[0]?.reason ?? '', /exit code 3/);
    assert.equal(afterwards.restarts[0]?.task, 'exit');
    const closing = supervisor.close();
    assertWellFormed(supervisor.snapshot());
    assert.equal(supervisor.snapshot().state, 'draining');
    await closing;
  } finally {
    gate.open();
    await supervisor.close();
  }
  const closed = supervisor.snapshot();
  assertWellFormed(closed);
  assert.equal(closed.state, 'closed');
  assert.ok(closed.threads.every(({ state, task }) => state === 'stopped' && task === null));
});

test('a snapshot tells what cannot be told as null, never as 0', async () => {
  await withSupervisor({ threads: 1 }, async (supervisor) => {
    const { echo } = await supervisor.load<Echo>(fixture('echo'));
    await echo(1);
    const { capabilities, threads, tasks, process: own } = supervisor.snapshot();
    const [thread] = threads;
    assert.ok(thread !== undefined);
    assert.equal(thread.cpuMs !== null, capabilities.threadCpu);
    assert.equal(own.descriptorsOpen !== null, capabilities.processDescriptors);
    assert.equal(thread.descriptorsOpen !== null, capabilities.descriptorsByThread);
    assert.equal(thread.descriptorsLeaked !== null, capabilities.descriptorsByThread);
    assert.equal(tasks['echo']?.leaked !== null, capabilities.descriptorsByThread);
  });
});

test('a snapshot of a supervisor that runs inline has every field as well', async () => {
  await withSupervisor({ threads: 0 }, async (supervisor) => {
    const { echo } = await supervisor.load<Echo>(fixture('echo'));
    await echo(1);
    const snapshot = supervisor.snapshot();
    assertWellFormed(snapshot);
    assert.deepEqual(
      snapshot.threads.map(({ slot, state, threadId, tasksDone }) => [slot, state, threadId, tasksDone]),
      [[0, 'idle', 0, 1]],
    );
  });
});
