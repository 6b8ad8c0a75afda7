import assert from 'node:assert/strict';
import test, { before } from 'node:test';
import type { Attempt } from '../../workers/attempt.js';
import { Meter } from '../../workers/meter.js';
import { Flag, Gauge, type RecorderViews, recorderBytes, recorderViews } from '../../workers/protocol/recorder.js';

const MB = 2 ** 20;

function freshViews(): RecorderViews {
  const views = recorderViews(new SharedArrayBuffer(recorderBytes(8)), 8);
  views.gauges.fill(Number.NaN);
  return views;
}

/** As much of an attempt as the meter looks at, started now. */
function started(meter: Meter, entry: number, kind: 'cpu' | 'io' = 'cpu'): Attempt {
  const { share: cpuAtStart, loopShare: loopAtStart } = meter;
  const handler = { kind, slow: true };
  return { entry, handler, startedAt: performance.now(), cpuAtStart, loopAtStart } as unknown as Attempt;
}

function burn(milliseconds: number): void {
  for (const end = performance.now() + milliseconds; performance.now() < end; );
}

// Before its first turn an event loop says that it has never been busy; a thread is greeted later.
before(() => new Promise((resolve) => setImmediate(resolve)));

test('an attempt that computes has the event loop to itself for as long as it ran', (t) => {
  const views = freshViews();
  const meter = new Meter(views);
  t.after(() => {
    meter.close();
  });
  const one = started(meter, 0);
  burn(20);
  const now = performance.now();
  meter.charge(one, now, 1);
  assert.equal((views.flags[0] ?? 0) & Flag.measured, Flag.measured);
  assert.equal(views.loopMs[0], now - one.startedAt);
});

test('an attempt that waits is not charged the time in which the event loop was idle', async (t) => {
  const views = freshViews();
  const meter = new Meter(views);
  t.after(() => {
    meter.close();
  });
  const start = performance.eventLoopUtilization();
  meter.update(0);
  const one = started(meter, 0, 'io');
  await new Promise((resolve) => setTimeout(resolve, 60));
  meter.charge(one, performance.now(), 1);
  const busy = performance.eventLoopUtilization(start).active;
  assert.ok((views.loopMs[0] ?? Infinity) <= busy, `${String(views.loopMs[0])} of ${String(busy)} ms`);
});

test('attempts that overlap share the event loop, and none of it is counted twice', (t) => {
  const views = freshViews();
  const meter = new Meter(views);
  t.after(() => {
    meter.close();
  });
  const start = performance.eventLoopUtilization();
  meter.update(0);
  const attempts = [started(meter, 0, 'io'), started(meter, 1, 'io')] as const;
  burn(20);
  meter.charge(attempts[0], performance.now(), 2);
  meter.charge(attempts[1], performance.now(), 1);
  const busy = performance.eventLoopUtilization(start).active;
  const [one = NaN, other = NaN] = views.loopMs;
  assert.ok(
    one >= 10 && other >= one && one + other <= busy,
    `${String(one)} and ${String(other)} of ${String(busy)} ms`,
  );
});

test('what short attempts took is theirs and is not charged again to the long one after them', (t) => {
  const views = freshViews();
  const meter = new Meter(views);
  t.after(() => {
    meter.close();
  });
  const start = performance.eventLoopUtilization();
  meter.update(0);
  for (let round = 0; round < 4; round++) {
    const short = started(meter, 0);
    burn(0.75);
    // However long the machine took over it, it counts as a short one.
    meter.charge(short, short.startedAt + 0.75, 1);
  }
  const long = started(meter, 1);
  burn(10);
  meter.charge(long, performance.now(), 1);
  const busy = performance.eventLoopUtilization(start).active;
  assert.equal((views.flags[0] ?? 0) & Flag.measured, 0);
  assert.ok(meter.loopShare > 0 && meter.loopShare <= busy - 3, `${String(meter.loopShare)} of ${String(busy)} ms`);
});

test('what passes in an update without attempts is charged to nobody', (t) => {
  const views = freshViews();
  const meter = new Meter(views);
  t.after(() => {
    meter.close();
  });
  meter.update(0);
  const [cpu, loop] = [meter.share, meter.loopShare];
  burn(20);
  meter.update(0);
  assert.deepEqual([meter.share, meter.loopShare], [cpu, loop]);
});

test('a short attempt is charged its run time without a reading of its own', (t) => {
  const views = freshViews();
  const meter = new Meter(views);
  t.after(() => {
    meter.close();
  });
  const one = started(meter, 0);
  meter.update(0);
  const now = one.startedAt + 0.25;
  meter.charge(one, now, 1);
  assert.equal(views.cpuMs[0], 0.25);
  assert.equal(views.loopMs[0], 0.25);
  assert.equal((views.flags[0] ?? 0) & Flag.measured, 0);
});

test('gauges name heap, external memory and array buffers, each as what it is', (t) => {
  const views = freshViews();
  const meter = new Meter(views);
  t.after(() => {
    meter.close();
  });
  const { gauges } = views;
  assert.ok((gauges[Gauge.heapUsed] ?? 0) > MB);
  assert.ok((gauges[Gauge.heapLimit] ?? 0) > (gauges[Gauge.heapUsed] ?? Infinity));
  assert.ok(Number.isNaN(gauges[Gauge.retained]));
  const [external = 0, arrayBuffers = 0] = [gauges[Gauge.external], gauges[Gauge.arrayBuffers]];
  const held = Buffer.alloc(64 * MB);
  burn(101);
  meter.update(0);
  assert.ok((gauges[Gauge.external] ?? 0) - external >= 48 * MB);
  assert.ok((gauges[Gauge.arrayBuffers] ?? 0) - arrayBuffers >= 48 * MB);
  assert.equal(held.length, 64 * MB);
});
