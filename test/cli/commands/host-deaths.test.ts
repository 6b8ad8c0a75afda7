import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import test from 'node:test';
import { HostDeaths } from '../../../cli/commands/host-deaths.js';
import type { DeathRecord, Supervisor } from '../../../runtime/index.js';

const record = (process: boolean): DeathRecord => ({
  process,
  slot: 0,
  generation: 1,
  reason: 'the process ended with SIGSEGV',
  task: null,
  taskId: null,
  at: '2026-01-01T00:00:00.000Z',
});

function setUp() {
  const events = new EventEmitter();
  const deaths = new HostDeaths(events as unknown as Pick<Supervisor, 'on'>);
  return { deaths, restart: (process: boolean) => events.emit('restart', record(process)) };
}

test('processes that were restarted are counted, threads are not', () => {
  const { deaths, restart } = setUp();
  for (const process of [true, false, true, ...Array<boolean>(200).fill(true)]) restart(process);
  assert.deepEqual(deaths.count({ restarts: [record(true)] }, false), { died: 202, restarted: 202 });
});

test('the process with whose death the supervisor gave up was not restarted', () => {
  const { deaths, restart } = setUp();
  restart(true);
  assert.deepEqual(deaths.count({ restarts: [record(true), record(true)] }, true), { died: 2, restarted: 1 });
  assert.deepEqual(deaths.count({ restarts: [record(true), record(false)] }, true), { died: 1, restarted: 1 });
});
