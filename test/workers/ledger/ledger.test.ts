import assert from 'node:assert/strict';
import test from 'node:test';
import { Attempt } from '../../../workers/attempt.js';
import type { LoadedHandler } from '../../../workers/handler.js';
import { Holding, type Use } from '../../../workers/ledger/holding.js';
import { Ledger } from '../../../workers/ledger/ledger.js';
import { OWNERS_BYTES } from '../../../workers/protocol/owners.js';
import { Gauge, recorderBytes, recorderViews } from '../../../workers/protocol/recorder.js';

const HANDLER: LoadedHandler = {
  label: 'task',
  task: 0,
  kind: 'io',
  href: 'file:///task.js',
  name: 'task',
  run: undefined,
  slow: false,
  openings: 0,
  ended: 0,
};

/** Something that is open until it is removed. */
class Thing extends Holding {
  readonly resource = 'file';

  constructor(attempt: Attempt | undefined, descriptors = 1) {
    super(attempt, undefined);
    this.descriptors = descriptors;
  }

  override name(): string {
    return 'thing';
  }

  override isOpen(): boolean {
    return this.state !== 'closed';
  }

  override use(): Use {
    return 'idle';
  }

  override close(): void {
    assert.fail('nobody closes it here');
  }
}

/** A ledger, and what it tells of descriptors. */
function stand() {
  const views = recorderViews(new SharedArrayBuffer(recorderBytes(8)), 8);
  const owners = new SharedArrayBuffer(OWNERS_BYTES);
  const terms = { owners, stamp: 1, stacks: 'off', mostHeld: Number.POSITIVE_INFINITY } as const;
  const ledger = new Ledger({ terms, views, say: () => undefined });
  let entries = 0;
  const start = (): Attempt => {
    const attempt = new Attempt({} as never, entries, ++entries, HANDLER, undefined, undefined);
    attempt.state = 'running';
    return attempt;
  };
  const end = (attempt: Attempt): void => {
    ledger.ended(attempt);
    attempt.state = 'ended';
  };
  const open = (attempt: Attempt | undefined, descriptors?: number): Thing => {
    const thing = new Thing(attempt, descriptors);
    ledger.add(thing);
    return thing;
  };
  const gauges = (): unknown[] => [views.gauges[Gauge.descriptorsOpen], views.gauges[Gauge.descriptorsRunning]];
  return { ledger, start, end, open, gauges };
}

test('tells how many descriptors running attempts have open, apart from all others', () => {
  const { ledger, start, end, open, gauges } = stand();
  const [one, other] = [start(), start()];
  const shared = open(undefined, 2);
  const mine = open(one);
  open(other, 3);
  assert.deepEqual(gauges(), [6, 4]);
  ledger.remove(mine);
  assert.deepEqual(gauges(), [5, 3]);
  ledger.remove(shared);
  assert.deepEqual(gauges(), [3, 3]);
  end(other);
  assert.deepEqual(gauges(), [3, 0], 'what an attempt leaves is no running one’s');
  for (const left of ledger.all()) ledger.remove(left);
  assert.deepEqual(gauges(), [0, 0]);
});

test('what turns out to be no attempt’s, and what comes after its end, does not count for it', () => {
  const { ledger, start, end, open, gauges } = stand();
  const attempt = start();
  const lent = open(attempt);
  ledger.disown(lent);
  assert.deepEqual(gauges(), [1, 0]);
  const held = open(attempt);
  ledger.hold(held);
  end(attempt);
  const late = open(attempt);
  assert.deepEqual(gauges(), [3, 0]);
  for (const thing of [lent, held, late]) ledger.remove(thing);
  assert.deepEqual(gauges(), [0, 0]);
});

test('notes how many an attempt had open at once, not how many it opened', () => {
  const { ledger, start, open } = stand();
  const attempt = start();
  for (let round = 0; round < 100; round++) ledger.remove(open(attempt));
  assert.deepEqual([attempt.opened, attempt.peak], [100, 1]);
  const things = [open(attempt), open(attempt, 3)];
  for (const thing of things) ledger.remove(thing);
  open(attempt);
  assert.deepEqual([attempt.opened, attempt.peak], [105, 4]);
});
