import assert from 'node:assert/strict';
import test, { describe } from 'node:test';
import { Growth } from '../../../workers/growth/growth.js';
import { Gauge, recorderBytes, recorderViews } from '../../../workers/protocol/recorder.js';
import { KB, lcg, MB, type Observed, simulate } from './simulated-thread.js';

/** Whether a figure is within a tenth of another. */
function assertClose(actual: number | undefined, expected: number): void {
  assert.ok(
    actual !== undefined && Math.abs(actual / expected - 1) <= 0.1,
    `expected about ${String(expected)}, got ${String(actual)}`,
  );
}

/** What was said of a thread, without the figures. */
function said({ notes }: Observed): unknown[] {
  return notes.map(({ where, task, bytesPerTask }) => ({ where, task, stopped: bytesPerTask === 0 }));
}

describe('a leak', () => {
  for (const bytes of [1 * KB, 4 * KB, 16 * KB, 64 * KB]) {
    test(`of ${String(bytes / KB)} KB a task is found within 5,000 tasks, its rate within a tenth`, () => {
      const seen = simulate({ tasks: 5_000, alive: (tasks) => ({ heap: tasks * bytes }) });
      const [note] = seen.notes;
      assert.deepEqual([note?.where, note?.task], ['heap', 'task']);
      assertClose(note?.bytesPerTask, bytes);
      assert.ok((note?.at ?? Infinity) <= 5_000);
    });
  }

  test('of buffers is told apart from the few bytes of the objects that hold them', () => {
    const alive = (tasks: number) => ({ external: tasks * 64 * KB, heap: tasks * 600 });
    const seen = simulate({ tasks: 10_000, alive });
    assert.equal(seen.notes.length > 0, true);
    assert.deepEqual(new Set(seen.notes.map(({ where }) => where)), new Set(['external']));
    assertClose(seen.notes[0]?.bytesPerTask, 64 * KB);
  });

  test('is told once, and again whenever it has doubled', () => {
    const seen = simulate({ tasks: 40_000, alive: (tasks) => ({ heap: tasks * 4 * KB }) });
    const figures = seen.notes.map(({ retainedBytes }) => retainedBytes);
    assert.ok(figures.length >= 3 && figures.length <= 6, String(figures));
    for (const [index, figure] of figures.entries()) if (index > 0) assert.ok(figure >= 2 * (figures[index - 1] ?? 0));
  });

  test('that begins late is found in the end', () => {
    const alive = (tasks: number) => ({ heap: Math.max(0, tasks - 3_000) * 8 * KB });
    const seen = simulate({ tasks: 20_000, alive });
    assert.equal(seen.notes[0]?.task, 'task');
    assertClose(seen.notes[0]?.bytesPerTask, 8 * KB);
  });

  test('too small to matter is not told', () => {
    const seen = simulate({ tasks: 10_000, alive: (tasks) => ({ heap: tasks * 200 }) });
    assert.deepEqual(said(seen), []);
    assert.ok(seen.collections.length >= 5);
  });

  test('is told when the thread has passed its budget, however few tasks that took', () => {
    const seen = simulate({
      tasks: 6,
      msPerTask: 2_000,
      budget: 256 * MB,
      alive: (tasks) => ({ heap: tasks * 100 * MB }),
    });
    const [note] = seen.notes;
    assert.deepEqual([note?.where, note?.task, note?.at], ['heap', 'task', 6]);
    assertClose(note?.bytesPerTask, 100 * MB);
    assert.ok((note?.retainedBytes ?? 0) > 256 * MB);
  });
});

test('a leak of megabytes a task is told before the thread has run a thousand of them', () => {
  const seen = simulate({ tasks: 100, msPerTask: 200, alive: (tasks) => ({ heap: tasks * 4 * MB }) });
  assert.equal(seen.notes[0]?.task, 'task');
  assertClose(seen.notes[0]?.bytesPerTask, 4 * MB);
});

describe('a budget', () => {
  test('that is small is reason enough to tell early', () => {
    const seen = simulate({
      tasks: 1_000,
      budget: 16 * MB,
      msPerTask: 5,
      alive: (tasks) => ({ heap: tasks * 40 * KB }),
    });
    assert.equal(seen.notes[0]?.task, 'task');
    assert.ok((seen.notes[0]?.retainedBytes ?? 0) > 16 * MB);
  });
});

describe('a healthy thread', () => {
  test('that needs the same memory always is never called a leak', () => {
    const seen = simulate({ tasks: 50_000, alive: () => ({ heap: 20 * MB }) });
    assert.deepEqual(said(seen), []);
    assert.ok(seen.collections.length >= 5);
  });

  test('with a cache of 1,000 entries is never called a leak', () => {
    const alive = (tasks: number) => ({ heap: Math.min(tasks, 1_000) * 32 * KB });
    const seen = simulate({ tasks: 20_000, msPerTask: 20, alive });
    assert.ok(seen.collections.filter((tasks) => tasks <= 1_000).length >= 8);
    assert.deepEqual(said(seen), []);
  });

  test('with a cache that is long in filling has its finding taken back', () => {
    const seen = simulate({ tasks: 40_000, alive: (tasks) => ({ heap: Math.min(tasks, 6_000) * 4 * KB }) });
    assert.deepEqual(said(seen).at(0), { where: 'heap', task: 'task', stopped: false });
    assert.deepEqual(said(seen).at(-1), { where: 'heap', task: 'task', stopped: true });
  });

  test('with a cache that fills ever more slowly is never called a leak', () => {
    const alive = (tasks: number) => ({ heap: 2_000 * 8 * KB * (1 - Math.exp(-tasks / 2_000)) });
    assert.deepEqual(said(simulate({ tasks: 40_000, alive })), []);
  });

  test('whose memory comes and goes in a saw-tooth is never called a leak', () => {
    const seen = simulate({ tasks: 30_000, alive: (tasks) => ({ heap: (tasks % 700) * 12 * KB }) });
    assert.deepEqual(said(seen), []);
  });

  test('that loads a big module late is never called a leak, and its base takes the module in', () => {
    const seen = simulate({
      tasks: 20_000,
      labelOf: (index) => (index > 2_000 && index % 3 === 0 ? 'late' : 'early'),
      alive: (tasks) => ({ heap: tasks > 2_001 ? 80 * MB : 0 }),
    });
    assert.deepEqual(said(seen), []);
    assert.ok(seen.retained < 1 * MB, String(seen.retained));
  });

  test('that makes much garbage is collected a few times and no more', () => {
    const seen = simulate({ tasks: 100_000, garbage: 700 * KB, alive: () => ({ heap: 10 * MB }) });
    assert.deepEqual(said(seen), []);
    assert.ok(seen.collections.length < 20, String(seen.collections));
  });
});

describe('of several types of task', () => {
  test('the one that leaks is named with its own rate', () => {
    const random = lcg(7);
    const labels = Array.from({ length: 6_000 }, () => `type ${String(Math.floor(random() * 5))}`);
    const leaked = running(labels, (label) => (label === 'type 3' ? 20 * KB : 0));
    const seen = simulate({
      tasks: 6_000,
      labelOf: (index) => labels[index] ?? '',
      alive: (tasks) => ({ heap: leaked[tasks] ?? 0 }),
    });
    const note = seen.notes.at(-1);
    assert.equal(note?.task, 'type 3');
    assertClose(note?.bytesPerTask, 20 * KB);
  });

  test('two that leak are both named with their own rates', () => {
    const random = lcg(3);
    // The mix changes as callers come and go.
    const labels = Array.from({ length: 12_000 }, (_, index) => {
      const share = 0.5 + 0.4 * Math.sin(index / 400);
      return random() < share ? 'one' : random() < 0.5 ? 'other' : 'healthy';
    });
    const leaked = running(labels, (label) => ({ one: 8 * KB, other: 24 * KB })[label] ?? 0);
    const seen = simulate({
      tasks: 12_000,
      labelOf: (index) => labels[index] ?? '',
      alive: (tasks) => ({ heap: leaked[tasks] ?? 0 }),
    });
    const rates = new Map(seen.notes.map(({ task, bytesPerTask }) => [task, bytesPerTask]));
    assertClose(rates.get('one'), 8 * KB);
    assertClose(rates.get('other'), 24 * KB);
  });

  test('none is named when they always run in the same proportion', () => {
    const seen = simulate({
      tasks: 6_000,
      labelOf: (index) => (index % 2 === 0 ? 'even' : 'odd'),
      alive: (tasks) => ({ heap: Math.ceil(tasks / 2) * 8 * KB }),
    });
    assert.deepEqual(said(seen)[0], { where: 'heap', task: null, stopped: false });
    assertClose(seen.notes[0]?.bytesPerTask, 4 * KB);
  });
});

describe('a thread', () => {
  test('spends no more than a hundredth of a healthy life on the pauses of collections', () => {
    for (const msPerTask of [0.002, 0.1, 1, 50]) {
      const seen = simulate({ tasks: 200_000, msPerTask, garbage: 300, alive: () => ({ heap: 5 * MB }) });
      const life = 200_000 * msPerTask;
      assert.ok(seen.spentMs <= Math.max(0.01 * life, 4), `${String(seen.spentMs)} of ${String(life)} ms`);
    }
  });

  test('knows nothing of its growth before its first point, and bytes afterwards', () => {
    assert.ok(Number.isNaN(simulate({ tasks: 63, msPerTask: 100, alive: () => ({}) }).retained));
    const grown = simulate({ tasks: 2_000, msPerTask: 10, alive: (tasks) => ({ heap: tasks > 1_000 ? 30 * MB : 0 }) });
    assertClose(grown.retained, 30 * MB);
  });

  test('looks when it is idle, once, and not again before it has run something', () => {
    const { growth, collections, run } = idleThread();
    run(64);
    growth.idle();
    growth.idle();
    assert.equal(collections.length, 1);
    run(63);
    growth.idle();
    assert.equal(collections.length, 1);
    run(1);
    growth.idle();
    assert.equal(collections.length, 2);
  });

  test('pays out of its CPU, and out of a small part of the time that passes besides', () => {
    const busy = idleThread({ cpuMs: 0, now: 0 });
    busy.run(64);
    busy.wait(2_000);
    busy.growth.idle();
    assert.deepEqual(busy.collections, []);
    busy.wait(30_000);
    busy.growth.idle();
    assert.equal(busy.collections.length, 1);
    busy.run(64);
    busy.growth.idle();
    assert.equal(busy.collections.length, 1);
    busy.views.gauges[Gauge.cpuMs] = 2_000;
    busy.growth.idle();
    assert.equal(busy.collections.length, 2);
  });

  test('that has run nothing is left alone, whatever its gauges show', () => {
    const { growth, collections, views } = idleThread();
    views.gauges[Gauge.heapUsed] = 900 * MB;
    growth.idle();
    growth.between(1e6);
    assert.deepEqual(collections, []);
  });

  test('that has no collector this time asks again', () => {
    const { growth, collections, views, run, without } = idleThread();
    without.collector = true;
    run(64);
    growth.idle();
    assert.ok(Number.isNaN(views.gauges[Gauge.retained]));
    without.collector = false;
    growth.idle();
    assert.equal(collections.length, 1);
    assert.equal(views.gauges[Gauge.retained], 0);
  });
});

/** Bytes left behind after so many tasks. */
function running(labels: readonly string[], bytesOf: (label: string) => number): number[] {
  const sums = [0];
  for (const label of labels) sums.push((sums.at(-1) ?? 0) + bytesOf(label));
  return sums;
}

/** A thread that is driven by hand; unless told otherwise it has lived long enough to afford anything. */
function idleThread({ cpuMs, now: lived }: { cpuMs: number; now: number } = { cpuMs: NaN, now: 1e6 }) {
  const views = recorderViews(new SharedArrayBuffer(recorderBytes(4)), 4);
  views.gauges.fill(Number.NaN);
  views.gauges[Gauge.heapUsed] = 4 * MB;
  views.gauges[Gauge.external] = 2 * MB;
  views.gauges[Gauge.cpuMs] = cpuMs;
  const collections: number[] = [];
  const without = { collector: false };
  let now = 0;
  const tally = { label: 'task', ended: 0 };
  const growth = new Growth({
    tallies: () => [tally],
    terms: { budget: Infinity },
    views,
    collector: {
      survivors: () => {
        if (without.collector) return undefined;
        collections.push(now);
        return { heap: 4 * MB, external: 2 * MB };
      },
    },
    say: () => undefined,
    before: () => undefined,
    after: () => undefined,
    now: () => now,
  });
  const wait = (ms: number): void => {
    now += ms;
  };
  wait(lived);
  const run = (tasks: number): void => {
    tally.ended += tasks;
  };
  return { growth, collections, views, run, wait, without };
}
