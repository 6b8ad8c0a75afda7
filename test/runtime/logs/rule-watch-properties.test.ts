// What is said of rules whose lines come by chance, with the work, or by the clock. Chance is that of one number, so that what holds almost
// always holds each time.
import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import type { GateLine, RuleNote } from '../../../runtime/logs/gate-note.js';
import { GATE_TERMS, NoiseGate } from '../../../runtime/logs/noise-gate.js';
import { RuleWatch } from '../../../runtime/logs/rule-watch.js';

const SECOND = 1_000;
const MINUTE = 60_000;
const DAY_MINUTES = 1_440;
const BEGIN = Date.UTC(2026, 2, 1);
const SEED = 5;
/** Of many lines by chance, the count is nearly normal. */
const MANY = 40;

/** Numbers between 0 and 1, the same ones for the same seed (mulberry32). */
function chanceOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** How many come within a time in which so many come on average, each by itself. */
function poisson(mean: number, chance: () => number): number {
  if (mean > MANY) {
    const normal = Math.sqrt(-2 * Math.log(1 - chance())) * Math.cos(2 * Math.PI * chance());
    return Math.max(0, Math.round(mean + Math.sqrt(mean) * normal));
  }
  let count = -1;
  for (let left = 1, least = Math.exp(-mean); left > least; left *= chance()) count++;
  return count;
}

/** What part of the busiest hour's lines there are at such a minute; at night there may be none. */
function partAt(minute: number, depth: number): number {
  return 1 - (depth * (1 + Math.cos((2 * Math.PI * minute) / DAY_MINUTES))) / 2;
}

/** Where in a window lines by chance come, in their order. */
function placesOf(count: number, chance: () => number): number[] {
  return Array.from({ length: count }, chance).toSorted((one, other) => one - other);
}

const seed = fc.integer();

test('lines that come by chance, more by day than by night, give no alarm', () => {
  const traffic = fc.record({
    seed,
    linesPerMinute: fc.integer({ min: 0, max: 9 }).map((power) => 2 ** power),
    depth: fc.constantFrom(0, 0.5, 0.9, 1),
    share: fc.constantFrom(0.05, 0.3, 0.6, 0.95, 1),
  });
  fc.assert(
    fc.property(traffic, ({ seed, linesPerMinute, depth, share }) => {
      const chance = chanceOf(seed);
      const watch = new RuleWatch(['cache']);
      for (let minute = 0; minute < 2 * DAY_MINUTES; minute++) {
        const mean = linesPerMinute * partAt(minute, depth);
        const matches = poisson(mean * share, chance);
        for (const at of placesOf(matches, chance)) watch.count(0, undefined, false, (minute + at) * MINUTE);
        assert.deepEqual(watch.endWindow(matches + poisson(mean * (1 - share), chance), true), []);
      }
    }),
    { numRuns: 100, seed: SEED },
  );
});

test('work that comes by chance and stops, while everything else goes on, gives next to none', () => {
  const chance = chanceOf(SEED);
  let [stops, told] = [0, 0];
  for (const mean of [1, 2, 4, 6, 8, 20]) {
    const watch = new RuleWatch(['cache']);
    let left = 0;
    for (let minute = 0; minute < 20_000; minute++) {
      // It lasts for less than an hour and a half, and pauses for as long as it takes to be missed.
      if (left-- <= -3) left = 10 + Math.floor(75 * chance());
      if (left === 0) stops++;
      const matches = left > 0 ? poisson(mean, chance) : 0;
      for (const at of placesOf(matches, chance)) watch.count(0, undefined, false, (minute + at) * MINUTE);
      const notes = watch.endWindow(matches + 20, true);
      assert.ok(left <= 0 || notes.length === 0, `${mean} a minute, while it goes on`);
      told += notes.length;
    }
  }
  assert.ok(stops > 2_000 && told <= stops / 2_000, `${told} of ${stops}`);
});

test('tasks of one line each, one after the other, that take more or less time, give no alarm when all are done', () => {
  const chance = chanceOf(SEED);
  for (const everyMs of [3, 6, 10, 20, 45, 60].map((seconds) => seconds * SECOND)) {
    for (let batch = 0; batch < 25; batch++) {
      const said: Said[] = [];
      let at = BEGIN;
      for (let taskId = 1; at < BEGIN + 40 * MINUTE; taskId++) {
        // Up to twice as long as on average.
        at += Math.round(everyMs * 2 * chance());
        said.push({ at, line: { ...heartbeat, taskId }, ends: taskId });
      }
      for (const other of evenly(BEGIN, at + 10 * MINUTE, 5 * SECOND, 0, chance))
        said.push({ at: other, line: ordinary });
      assert.deepEqual(alarmsOf(said), [], `${everyMs} ms`);
    }
  }
});

interface Said {
  readonly at: number;
  readonly line?: GateLine;
  /** The task that ends. */
  readonly ends?: number;
}

const heartbeat = { level: 'info', taskName: 'import', text: 'heartbeat' } as const;
const ordinary = { level: 'info', taskName: 'import', text: 'read a batch' } as const;

/** What a gate has to say of rules, and when, asked whenever it is due; some minutes beyond the last line, too. */
function alarmsOf(said: readonly Said[], tellsEnds = true): (RuleNote & { readonly at: number })[] {
  const gate = new NoiseGate<GateLine>(GATE_TERMS);
  const alarms: (RuleNote & { readonly at: number })[] = [];
  const passTo = (now: number): void => {
    for (let due = gate.nextDue(); due !== undefined && due <= now; due = gate.nextDue()) {
      for (const note of gate.due(due)) {
        if (note.type === 'silent' || note.type === 'jump') alarms.push({ ...note, at: due });
      }
    }
  };
  const inOrder = said.toSorted((one, other) => one.at - other.at);
  for (const { at, line, ends } of inOrder) {
    passTo(at);
    if (line !== undefined) gate.judge(line, at);
    if (ends !== undefined) {
      gate.ended(ends);
      if (tellsEnds) gate.judge({ level: 'info', taskName: 'import', text: 'import ok', ended: { taskId: ends } }, at);
    }
  }
  passTo((inOrder.at(-1)?.at ?? 0) + 20 * MINUTE);
  return alarms;
}

/** A line every so often, some of them a little later than they should come. */
function evenly(from: number, to: number, everyMs: number, jitterMs: number, chance: () => number): number[] {
  const count = Math.max(0, Math.ceil((to - from) / everyMs));
  return Array.from({ length: count }, (_, at) => Math.round(from + at * everyMs + chance() * jitterMs));
}

test('a beat that stops is told within two windows without one, whatever else is said', () => {
  const beat = fc.record({
    seed,
    everyMs: fc.constantFrom(1, 5, 7, 10, 15, 20, 30, 45, 59.999, 60, 60.001).map((seconds) => seconds * SECOND),
    jitterMs: fc.constantFrom(0, 20, 900),
    begin: fc.integer({ min: 0, max: MINUTE }),
    end: fc.integer({ min: 75 * MINUTE, max: 80 * MINUTE }),
    others: fc.constantFrom(0, 1, 30, 200),
    task: fc.constantFrom(undefined, 7),
  });
  fc.assert(
    fc.property(beat, ({ seed, everyMs, jitterMs, begin, end, others, task }) => {
      const chance = chanceOf(seed);
      const beats = evenly(BEGIN + begin, BEGIN + end, everyMs, jitterMs, chance);
      const last = Math.max(...beats);
      const rest = Array.from({ length: others * 85 }, () => BEGIN + Math.floor(chance() * 85 * MINUTE));
      const alarms = alarmsOf([
        ...beats.map((at) => ({ at, line: { ...heartbeat, taskId: task } })),
        ...rest.map((at) => ({ at, line: ordinary })),
      ]);
      assert.deepEqual(
        alarms.map(({ type, rule }) => `${rule} ${type}`),
        ['heartbeat silent'],
      );
      const told = alarms[0]?.at ?? 0;
      assert.ok(told > last && told - last <= 3 * MINUTE, `told ${told - last} ms after the last one`);
    }),
    { numRuns: 300, seed: SEED },
  );
});

test('a clock that has a task say each beat is missed when it stops, whatever else is said', () => {
  const beat = fc.record({
    seed,
    everyMs: fc.constantFrom(1, 5, 7, 10, 15, 20, 30, 45, 60).map((seconds) => seconds * SECOND),
    tookMs: fc.constantFrom(0, 20, 700),
    linesEach: fc.constantFrom(1, 2),
    begin: fc.integer({ min: 0, max: MINUTE }),
    minutes: fc.integer({ min: 76, max: 90 }),
    otherEveryMs: fc.constantFrom(undefined, 2_000, 50_000),
  });
  fc.assert(
    fc.property(beat, ({ seed, everyMs, tookMs, linesEach, begin, minutes, otherEveryMs }) => {
      // Beyond that, an hour has too few tasks to tell them from others that take the same time each.
      fc.pre(linesEach === 1 || everyMs <= 15 * SECOND);
      const chance = chanceOf(seed);
      const from = BEGIN + begin;
      const said: Said[] = [];
      let [taskId, last] = [0, 0];
      for (const at of evenly(from, from + minutes * MINUTE, everyMs, 20, chance)) {
        taskId++;
        for (let line = 0; line < linesEach; line++) said.push({ at, line: { ...heartbeat, taskId } });
        said.push({ at: at + tookMs, ends: taskId });
        last = at;
      }
      if (otherEveryMs !== undefined)
        for (const at of evenly(BEGIN, last + 10 * MINUTE, otherEveryMs, 20, chance)) said.push({ at, line: ordinary });
      const alarms = alarmsOf(said);
      assert.deepEqual(
        alarms.map(({ type, rule }) => `${rule} ${type}`),
        ['heartbeat silent'],
      );
      assert.ok((alarms[0]?.at ?? 0) - last <= 3 * MINUTE);
    }),
    { numRuns: 200, seed: SEED },
  );
});

test('tasks that begin and end, one beat after the other, give no alarm', () => {
  const batch = fc.record({
    tasks: fc.integer({ min: 1, max: 30 }),
    minutes: fc.constantFrom(1, 5, 14, 25, 90),
    ordinaryEveryMs: fc.constantFrom(2, 20, 300).map((seconds) => seconds * SECOND),
    apartMs: fc.constantFrom(0, 2_000, 45_000),
    pause: fc.constantFrom(0, 1, 11, 300),
  });
  const every = fc.constantFrom(3, 10, 30, 60).map((seconds) => seconds * SECOND);
  const tellsEnds = fc.boolean();
  fc.assert(
    fc.property(
      fc.array(batch, { minLength: 1, maxLength: 6 }),
      every,
      seed,
      tellsEnds,
      (batches, everyMs, seed, tells) => {
        const chance = chanceOf(seed);
        const said: Said[] = [];
        let [begin, taskId] = [BEGIN, 0];
        for (const { tasks, minutes, ordinaryEveryMs, apartMs, pause } of batches) {
          for (let task = 0; task < tasks; task++) {
            const from = begin + task * apartMs;
            const to = from + minutes * MINUTE;
            taskId++;
            for (const at of evenly(from, to, everyMs, 20, chance)) said.push({ at, line: { ...heartbeat, taskId } });
            for (const at of evenly(from, to, ordinaryEveryMs, 20, chance)) said.push({ at, line: ordinary });
            said.push({ at: to + 50, ends: taskId });
          }
          begin += (minutes + pause) * MINUTE + tasks * apartMs;
        }
        assert.deepEqual(alarmsOf(said, tells), []);
      },
    ),
    { numRuns: 100, seed: SEED },
  );
});

test('ten times as many lines are told within two windows, unless the others have become as many more', () => {
  const traffic = fc.record({
    seed,
    mean: fc.integer({ min: 10, max: 100 }),
    others: fc.constantFrom(0, 3, 50, 400),
    begun: fc.double({ min: 0, max: 1, noNaN: true }),
    grows: fc.boolean(),
  });
  fc.assert(
    fc.property(traffic, ({ seed, mean, others, begun, grows }) => {
      const chance = chanceOf(seed);
      const watch = new RuleWatch(['cache']);
      let now = BEGIN;
      const told = (times: number): string[] => {
        const matches = poisson(mean * times, chance);
        for (let at = 0; at < matches; at++) watch.count(0, undefined, false, now);
        now += MINUTE;
        const all = matches + poisson(others * (grows ? times : 1), chance);
        return watch.endWindow(all, true).map(({ type }) => type);
      };
      for (let window = 0; window < 30; window++) assert.deepEqual(told(1), []);
      const types = [...told(1 + 9 * begun), ...told(10)];
      if (grows && others >= mean) assert.deepEqual(types, []);
      if (!grows) assert.ok(types.includes('jump'));
    }),
    { numRuns: 300, seed: SEED },
  );
});
