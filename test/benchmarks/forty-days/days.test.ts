import assert from 'node:assert/strict';
import test from 'node:test';
import { compiled } from '../support/compiled.js';

interface Shape {
  readonly days: number;
  readonly tasksPerDay: number;
  readonly linesPerTask: number;
  readonly failures: number;
  readonly slow: number;
}

interface Happening {
  readonly at: number;
  readonly line?: { readonly taskId: number; readonly seq: number; readonly text: string };
  readonly settled?: { readonly taskId: number; readonly outcome: string; readonly usage: { readonly runMs: number } };
}

const { FORTY_DAYS, START, DAY_MS, fatesOf, happeningsOf } = await compiled<{
  FORTY_DAYS: Shape;
  START: number;
  DAY_MS: number;
  fatesOf: (shape: Shape) => ReadonlyMap<number, string>;
  happeningsOf: (day: number, shape: Shape, fates: ReadonlyMap<number, string>) => Happening[];
}>('forty-days/days.js');

const fates = fatesOf(FORTY_DAYS);
const days = Array.from({ length: FORTY_DAYS.days }, (_, day) => happeningsOf(day, FORTY_DAYS, fates));

test('all lines are told once, and each day in the order of its time', () => {
  const lines = days.flat().flatMap(({ line }) => (line === undefined ? [] : [`${line.taskId}:${line.seq}`]));
  assert.equal(lines.length, 72_000);
  assert.equal(new Set(lines).size, 72_000);
  for (const [day, happenings] of days.entries()) {
    const times = happenings.map(({ at }) => at);
    assert.deepEqual(
      times,
      times.toSorted((one, other) => one - other),
    );
    const [first = 0, last = 0] = [times[0], times.at(-1)];
    assert.ok(first >= START + day * DAY_MS && last < START + (day + 1) * DAY_MS, `day ${day}`);
  }
});

test('every task ends after its last line, as its fate says', () => {
  const ends = days.flat().flatMap(({ settled }) => settled ?? []);
  assert.equal(ends.length, 4_000);
  assert.equal(ends.filter(({ outcome }) => outcome === 'failed').length, 25);
  const slow = ends.filter(({ usage }) => usage.runMs >= 600_000).map(({ taskId }) => taskId);
  assert.deepEqual(
    slow.toSorted((one, other) => one - other),
    [...fates].flatMap(([task, fate]) => (fate === 'duration' ? task : [])).sort((one, other) => one - other),
  );
  const over = new Set<number>();
  for (const { line, settled } of days.flat()) {
    if (settled !== undefined) over.add(settled.taskId);
    if (line !== undefined) assert.ok(!over.has(line.taskId), `task ${line.taskId} says something after its end`);
  }
});

test('fates are of fifty tasks, none of them in the first two days', () => {
  assert.equal(fates.size, 50);
  assert.ok(Math.min(...fates.keys()) >= 2 * FORTY_DAYS.tasksPerDay);
  assert.ok(Math.max(...fates.keys()) < FORTY_DAYS.days * FORTY_DAYS.tasksPerDay);
});

test('40 % are heartbeats, 35 % are about a cache', () => {
  const texts = days.flat().flatMap(({ line }) => line?.text ?? []);
  const part = (begin: string): number => texts.filter((text) => text.startsWith(begin)).length / texts.length;
  assert.deepEqual([part('heartbeat '), part('cache '), part('import ')], [0.4, 0.35, 0.25]);
});
