import assert from 'node:assert/strict';
import test from 'node:test';
import { CircuitOpenError } from '../../../runtime/errors.js';
import type { Task } from '../../../runtime/task.js';
import { holderOf, NO_PERMIT } from '../../../workers/protocol/dependencies.js';
import { GatesStand } from '../../support/gates-stand.js';

const { ids } = GatesStand;
const [BREAK_MS, MOST_MS] = [100, 400];
const TOUCHY = { breaker: { minimumCalls: 2, window: 10_000, break: BREAK_MS, maxBreak: MOST_MS } };
const OTHER_THREAD = holderOf(5, 1);

test('a task without a limit or dependencies is no business of gates', () => {
  const stand = new GatesStand();
  assert.equal(stand.type('cpu').gated, false);
  assert.equal(stand.submit(stand.type('io')).gated, false);
});

test('no more attempts of a task run at once than its limit, and others of its lane go past', () => {
  const stand = new GatesStand();
  const [narrow, free] = [stand.type('cpu', { limit: 2 }), stand.type('cpu')];
  for (const type of [narrow, narrow, narrow, free, narrow, free]) stand.submit(type);
  assert.deepEqual(ids(stand.serve()), [0, 1, 3, 5]);
  assert.equal(stand.gates.size, 2);
  assert.deepEqual(stand.serve(), []);
  stand.end(stand.running[0]);
  assert.deepEqual(ids(stand.serve()), [2]);
  assert.equal(stand.gates.size, 1);
});

test('parked tasks come in their old order, before those that came later', () => {
  const stand = new GatesStand();
  const type = stand.type('cpu', { limit: 1 });
  for (let count = 0; count < 4; count++) stand.submit(type);
  stand.serve();
  const order: number[] = [];
  while (stand.running.length > 0) {
    if (order.length < 3) stand.submit(type);
    stand.end(stand.running[0]);
    order.push(...ids(stand.serve()));
  }
  assert.deepEqual(order, [1, 2, 3, 4, 5, 6]);
});

test('higher priorities come first out of the line as well', () => {
  const stand = new GatesStand();
  const type = stand.type('cpu', { limit: 1 });
  for (const priority of [0, 0, 5, 0, 5]) stand.submit(type, { priority });
  const order = ids(stand.serve());
  while (stand.running.length > 0) {
    stand.end(stand.running[0]);
    order.push(...ids(stand.serve()));
  }
  assert.deepEqual(order, [2, 4, 0, 1, 3]);
});

test('a called task that no thread takes does not keep the room from the other kind', () => {
  const stand = new GatesStand({ billing: { concurrency: 1 } });
  const [cpu, io] = [stand.type('cpu', { uses: ['billing'] }), stand.type('io', { uses: ['billing'] })];
  for (const type of [cpu, cpu, io, io]) stand.submit(type);
  assert.deepEqual(ids(stand.serve()), [2], 'the io lane is served first');
  stand.end(stand.running[0]);
  assert.deepEqual(ids(stand.serve({ kinds: ['io'] })), [3]);
  stand.end(stand.running[0]);
  assert.deepEqual(ids(stand.serve()), [0]);
});

test('kinds that want the same take turns', () => {
  const stand = new GatesStand({ billing: { concurrency: 1 } });
  const [cpu, io] = [stand.type('cpu', { uses: ['billing'] }), stand.type('io', { uses: ['billing'] })];
  const kinds: string[] = [];
  for (let count = 0; count < 12; count++) {
    for (const type of [cpu, io]) stand.submit(type);
    const started = stand.serve();
    kinds.push(...started.map(({ type }) => type.plan.kind));
    stand.end(stand.running[0]);
  }
  const cpus = kinds.filter((kind) => kind === 'cpu').length;
  assert.equal(kinds.length, 12);
  assert.ok(cpus >= 5 && cpus <= 7, `cpu had ${cpus} of 12 turns`);
});

test('all permits are taken or none', () => {
  const stand = new GatesStand({ a: { concurrency: 1 }, b: { concurrency: 1 } });
  const [onlyB, both, onlyA] = [['b'], ['a', 'b'], ['a']].map((uses) => stand.type('cpu', { uses }));
  assert.ok(onlyA !== undefined && onlyB !== undefined && both !== undefined);
  for (const type of [onlyB, both, onlyA]) stand.submit(type);
  assert.deepEqual(ids(stand.serve()), [0, 2], 'what needs both has taken nothing of the one that is free');
  stand.end(stand.running[0]);
  assert.deepEqual(stand.serve(), []);
  stand.end(stand.running[0]);
  assert.deepEqual(ids(stand.serve()), [1]);
  stand.end(stand.running[0]);
  assert.equal(stand.gates.granted, 0);
});

test('who needs two places is not passed over for ever by those who need one', () => {
  const stand = new GatesStand({ a: { concurrency: 1 }, b: { concurrency: 1 } });
  const [a, b] = [stand.type('cpu', { uses: ['a'] }), stand.type('cpu', { uses: ['b'] })];
  for (const type of [a, b]) stand.submit(type);
  stand.serve();
  const both = stand.submit(stand.type('cpu', { uses: ['a', 'b'] }));
  let turns = 0;
  // The two places are never free at the same time, unless somebody sees to it.
  for (const type of [a, b, a, b]) stand.submit(type);
  for (stand.serve(); !stand.running.includes(both); stand.serve()) {
    const eldest = stand.running[0];
    assert.ok(eldest !== undefined, 'something runs, or nothing would ever change');
    assert.ok(++turns < 100, `not after ${turns} turns`);
    stand.submit(eldest.type);
    stand.end(eldest);
  }
  stand.end(both);
  assert.ok(stand.serve().length >= 2, 'the others go on');
});

test('a place somebody waits for is free for others as soon as he is stopped', () => {
  const stand = new GatesStand({ a: { concurrency: 1 } });
  const type = stand.type('cpu', { uses: ['a'] });
  const [, second, third] = [stand.submit(type), stand.submit(type), stand.submit(type)];
  stand.serve();
  stand.end(stand.running[0]);
  assert.equal(second?.state, 'queued', 'it was called');
  stop(stand, second);
  assert.deepEqual(stand.serve(), [third]);
  stand.end(third);
  assert.deepEqual([stand.gates.size, stand.gates.granted], [0, 0]);
});

test('a permit that a thread gives back has the next one called', () => {
  const stand = new GatesStand({ a: { concurrency: 1 } });
  const { table } = stand.dependencies;
  const permit = table.take(0, OTHER_THREAD);
  const task = stand.submit(stand.type('io', { uses: ['a'] }));
  assert.deepEqual(stand.serve(), []);
  assert.equal(table.parked(0), 1, 'threads are told to ring');
  table.release(0, permit);
  stand.dependencies.heard({ type: 'released', dependency: 0 });
  assert.deepEqual(stand.serve(), [task]);
  assert.equal(table.parked(0), 0);
});

test('a permit that a thread gives back just before it could know that somebody waits is not missed', () => {
  const stand = new GatesStand({ a: { concurrency: 1 } });
  const { table } = stand.dependencies;
  const permit = table.take(0, OTHER_THREAD);
  const setParked = table.setParked.bind(table);
  table.setParked = (index, count) => {
    // The thread looked whether anybody is parked and saw nobody: it does not ring.
    table.release(0, permit);
    setParked(index, count);
  };
  const task = stand.submit(stand.type('io', { uses: ['a'] }));
  assert.deepEqual(stand.serve(), [task]);
});

test('an attempt that was given up has its places until its thread is gone', () => {
  const stand = new GatesStand({ a: { concurrency: 1 } });
  const type = stand.type('cpu', { uses: ['a'], limit: 1 });
  const [first, second] = [stand.submit(type), stand.submit(type)];
  stand.serve();
  stand.gates.giveUp(first, 'failed');
  assert.deepEqual(stand.serve(), []);
  assert.equal(stand.gates.granted, 1);
  stand.dependencies.retire(0, 1);
  assert.deepEqual(stand.serve(), [second]);
});

test('an attempt whose thread is gone already holds nothing when it is given up', () => {
  const stand = new GatesStand({ a: { concurrency: 1 } });
  const type = stand.type('cpu', { uses: ['a'], limit: 1 });
  const [first, second] = [stand.submit(type), stand.submit(type)];
  stand.serve();
  stand.dependencies.retire(0, 1);
  stand.gates.giveUp(first, 'failed');
  assert.deepEqual(stand.serve(), [second]);
  assert.equal(stand.gates.granted, 1);
});

test('while a circuit is open, who does not want to wait is turned away at once, also where it is parked already', () => {
  const stand = new GatesStand({ a: { concurrency: 1, ...TOUCHY } });
  const type = stand.type('io', { uses: ['a'], whenOpen: 'reject' });
  stand.fail(type, 1);
  const [running, parked, patient] = [stand.submit(type), stand.submit(type), stand.submit(type, { whenOpen: 'wait' })];
  stand.serve();
  stand.end(running, 'failed');
  assert.deepEqual([...stand.refused.keys()], [parked]);
  const error = stand.refused.get(parked);
  assert.ok(error instanceof CircuitOpenError);
  assert.equal(error.dependency, 'a');
  assert.ok(error.retryAfterMs > 0 && error.retryAfterMs <= BREAK_MS, String(error.retryAfterMs));
  assert.equal(patient.state, 'parked');
  const late = stand.submit(type);
  assert.ok(stand.gates.refusal(late) instanceof CircuitOpenError);
  assert.equal(stand.gates.refusal(patient), undefined);
  assert.deepEqual(stand.serve(), []);
  assert.ok(stand.refused.get(late) instanceof CircuitOpenError, 'refused when its turn came');
});

test('once the break is over exactly one attempt goes, and all when it went well', () => {
  const stand = new GatesStand({ a: { ...TOUCHY } });
  const type = stand.type('io', { uses: ['a'], whenOpen: 'wait' });
  stand.fail(type, 2);
  const waiting = [stand.submit(type), stand.submit(type), stand.submit(type)];
  assert.deepEqual(stand.serve(), []);
  assert.equal(stand.gates.size, 3);
  assert.equal(stand.clock.timers, 1);
  stand.clock.pass(BREAK_MS);
  const probe = stand.serve();
  assert.deepEqual(probe, waiting.slice(0, 1));
  stand.end(probe[0], 'ok');
  assert.deepEqual(stand.serve(), waiting.slice(1));
  assert.deepEqual(
    stand.circuits.map(({ state }) => state),
    ['open', 'half-open', 'closed'],
  );
  assert.equal(stand.clock.timers, 0);
});

test('a probe that fails makes the break longer, one that is cancelled makes way for the next', () => {
  const stand = new GatesStand({ a: { ...TOUCHY } });
  const type = stand.type('io', { uses: ['a'], whenOpen: 'wait' });
  stand.fail(type, 2);
  const [first, second, third] = [stand.submit(type), stand.submit(type), stand.submit(type)];
  stand.serve();
  stand.clock.pass(BREAK_MS);
  assert.deepEqual(stand.serve(), [first]);
  stand.end(first, 'neither');
  assert.deepEqual(stand.serve(), [second], 'at once');
  stand.end(second, 'failed');
  assert.deepEqual(stand.serve(), []);
  stand.clock.pass(BREAK_MS - 1);
  assert.deepEqual(stand.serve(), [], 'the second break is twice as long');
  stand.clock.pass(BREAK_MS);
  assert.deepEqual(stand.serve(), [third]);
});

test('the probe of a thread that is gone makes way for the next', () => {
  const stand = new GatesStand({ a: { ...TOUCHY } });
  const type = stand.type('io', { uses: ['a'], whenOpen: 'wait' });
  stand.fail(type, 2);
  const [first, second] = [stand.submit(type), stand.submit(type)];
  stand.serve();
  stand.clock.pass(BREAK_MS);
  assert.deepEqual(stand.serve(), [first]);
  stand.dependencies.retire(0, 1);
  stand.gates.giveUp(first, 'failed');
  assert.deepEqual(stand.serve(), [second]);
});

test('tasks that ran into an open circuit are sent one by one until it is closed', () => {
  const stand = new GatesStand({ a: { ...TOUCHY } });
  const user = stand.type('io', { uses: ['a'] });
  stand.fail(user, 2);
  const type = stand.type('io', { whenOpen: 'wait' });
  const tasks = [0, 1, 2].map(() => stand.submit(type));
  for (const task of stand.serve()) {
    stand.running.splice(stand.running.indexOf(task), 1);
    stand.gates.park(task, 0);
  }
  assert.equal(stand.gates.size, 3);
  stand.clock.pass(BREAK_MS);
  assert.deepEqual(stand.serve(), [tasks[0]], 'one');
  stand.end(tasks[0], 'ok');
  assert.deepEqual(stand.serve(), [tasks[1]], 'it did not call after all, so nothing is known: one more');
  const { table } = stand.dependencies;
  assert.equal(table.admit(0, OTHER_THREAD, stand.clock.now()), 'probe');
  const change = table.record(0, 'ok', true, stand.clock.now(), 0, OTHER_THREAD);
  assert.ok(change !== undefined);
  stand.dependencies.heard({ type: 'circuit', change });
  assert.deepEqual(stand.serve(), [tasks[2]]);
});

test('an attempt that is taken back before it started is no call of what it uses; one that started is, once', () => {
  const stand = new GatesStand({ a: { concurrency: 1 } });
  const { table } = stand.dependencies;
  const type = stand.type('io', { uses: ['a'] });
  const [back, ended, lost] = [stand.submit(type), stand.submit(type), stand.submit(type)];
  assert.deepEqual(stand.serve(), [back]);
  stand.end(back, 'neither');
  assert.equal(table.calls(0), 0);
  assert.deepEqual(stand.serve(), [ended]);
  for (let time = 0; time < 2; time++) stand.gates.started(ended);
  stand.end(ended);
  assert.equal(table.calls(0), 1);
  assert.deepEqual(stand.serve(), [lost]);
  stand.gates.started(lost);
  stand.gates.giveUp(lost, 'failed');
  assert.deepEqual([table.calls(0), table.failures(0)], [2, 1]);
});

test('a snapshot tells of every dependency who uses it and who waits', () => {
  const stand = new GatesStand({ a: { concurrency: 2 }, free: { breaker: false } });
  const type = stand.type('cpu', { uses: ['a', 'free'] });
  for (let count = 0; count < 5; count++) stand.submit(type);
  const [known] = stand.serve();
  assert.ok(known !== undefined);
  stand.gates.started(known);
  const told = stand.dependencies.snapshot(stand.clock.now(), (dependency) => stand.gates.parkedFor(dependency));
  const idle = { state: 'closed', calls: 0, failures: 0, retryAfterMs: null };
  assert.deepEqual(told, {
    a: { ...idle, concurrency: 2, running: 2, waiting: 3, callsTotal: 1, failuresTotal: 0 },
    free: { ...idle, concurrency: null, running: null, waiting: 0, callsTotal: 1, failuresTotal: 0 },
  });
});

test('when all is over nothing is held and nobody is parked', () => {
  const stand = new GatesStand({ a: { concurrency: 3 }, b: { concurrency: 2 } });
  const types = [['a'], ['b'], ['a', 'b'], []].map((uses, at) =>
    stand.type(at % 2 === 0 ? 'cpu' : 'io', { uses, limit: 3 }),
  );
  for (let count = 0; count < 200; count++) {
    const type = types[count % types.length];
    assert.ok(type !== undefined);
    stand.submit(type, { priority: count % 3 });
  }
  let started = stand.serve().length;
  while (stand.running.length > 0) {
    stand.end(stand.running[(started * 7) % stand.running.length]);
    started += stand.serve().length;
  }
  assert.equal(started, 200);
  assert.deepEqual([stand.gates.size, stand.gates.granted], [0, 0]);
  const { table } = stand.dependencies;
  assert.notEqual(table.take(0, OTHER_THREAD), NO_PERMIT);
  assert.deepEqual([table.figures(0, 0).running, table.figures(1, 0).running], [1, 0]);
});

function stop(stand: GatesStand, task: Task): void {
  stand.lanes.remove(task);
  task.state = 'settled';
  stand.gates.remove(task);
}
