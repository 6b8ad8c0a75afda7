import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import test from 'node:test';
import { Circuits } from '../../../cli/commands/circuits.js';
import type { CircuitEvent, Supervisor } from '../../../runtime/index.js';

/** A supervisor that says what it is told to, and a clock that is moved by hand. */
function setUp() {
  const events = new EventEmitter();
  const clock = { now: 1000 };
  const lines: string[] = [];
  const supervisor = events as unknown as Pick<Supervisor, 'on'>;
  const circuits = new Circuits({ supervisor, print: (line) => lines.push(line), now: () => clock.now });
  const tell = (state: CircuitEvent['state'], retryAfterMs: number | null = null): void => {
    events.emit('circuit', { dependency: 'billing', state, calls: 20, failures: 12, retryAfterMs });
  };
  const down = (waiting = 0) => circuits.down({ billing: { waiting }, search: { waiting: 7 } });
  return { circuits, clock, lines, tell, down };
}

test('a dependency is down from the opening of its circuit until it is closed', () => {
  const { clock, tell, down } = setUp();
  assert.deepEqual(down(), []);
  tell('open', 7000);
  assert.deepEqual(down(812), [{ name: 'billing', retryInMs: 7000, waiting: 812 }]);
  clock.now += 2500;
  assert.equal(down()[0]?.retryInMs, 4500);
  clock.now += 100_000;
  assert.equal(down()[0]?.retryInMs, 0);
  tell('half-open');
  assert.deepEqual(down(812), [{ name: 'billing', retryInMs: 0, waiting: 812 }]);
  tell('closed');
  assert.deepEqual(down(), []);
});

test('one of which the snapshot says nothing has nothing waiting', () => {
  const { circuits, tell } = setUp();
  tell('open', 1000);
  assert.deepEqual(circuits.down({}), [{ name: 'billing', retryInMs: 1000, waiting: 0 }]);
});

test('openings are counted, also those after a try that failed', () => {
  const { circuits, tell } = setUp();
  assert.equal(circuits.opened('billing'), 0);
  for (const state of ['open', 'half-open', 'open', 'half-open', 'closed'] as const) tell(state);
  assert.equal(circuits.opened('billing'), 2);
  assert.equal(circuits.opened('search'), 0);
});

test('each change is a line', () => {
  const { lines, tell } = setUp();
  tell('open', 6500);
  tell('half-open');
  tell('closed');
  assert.deepEqual(lines, [
    'warn billing is down: 12 of 20 calls failed; trying again in 7 s',
    'info billing is being tried with one call',
    'info billing is back',
  ]);
});
