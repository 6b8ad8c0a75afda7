import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import {
  HOUR_MS,
  hourOf,
  type ListedFile,
  named,
  overdue,
  overweight,
  type RetentionTerms,
} from '../../../../runtime/logs/files/retention.js';

const SUFFIXES = ['', '.1', '.42', '.gz', '.gz.1', '.3.gz', '.gz.part', '.gz.whole'];
const START = Date.UTC(2026, 0, 1);
const DAYS = 60;

function nameOf(prefix: string, hour: number, suffix: string): string {
  return `${prefix}.${new Date(hour).toISOString().slice(0, 13)}.log${suffix}`;
}

const hours = fc.integer({ min: 0, max: DAYS * 24 - 1 }).map((index) => START + index * HOUR_MS);
const ourFile = fc
  .record({ hour: hours, suffix: fc.constantFrom(...SUFFIXES), bytes: fc.integer({ min: 0, max: 1_000 }) })
  .map(({ hour, suffix, bytes }) => ({ name: nameOf('app', hour, suffix), bytes }));
const foreignName = fc.oneof(
  fc.string().filter((name) => !name.startsWith('app.')),
  hours.map((hour) => nameOf('application', hour, '')),
  hours.map((hour) => nameOf('my.app', hour, '.gz')),
  hours.map((hour) => `${nameOf('app', hour, '')}.bak`),
  hours.map((hour) => `${nameOf('app', hour, '.gz')}~`),
  hours.map((hour) => nameOf('app', hour, '').replace('.log', '.txt')),
  hours.map((hour) => `app.${new Date(hour).toISOString().slice(0, 10)}.log`),
  fc.constantFrom('app.log', 'app.2026-02-30T10.log', 'app.2026-13-01T00.log', 'app.2026-01-01T24.log', '.lock'),
);
const foreign = fc.record({ name: foreignName, bytes: fc.integer({ min: 0, max: 1_000 }) });
const listings = fc.uniqueArray(fc.oneof(ourFile, foreign), { selector: ({ name }) => name, maxLength: 60 });

function terms(
  now: number,
  retentionMs: number,
  listing: readonly ListedFile[],
  used: readonly number[],
): RetentionTerms {
  const inUse = new Set(used.flatMap((index) => listing[index]?.name ?? []));
  return { prefix: 'app', now, retentionMs, inUse };
}

const cases = fc.record({
  listing: listings,
  now: fc.integer({ min: START, max: START + DAYS * 24 * HOUR_MS }),
  retentionMs: fc.integer({ min: 0, max: 20 * 24 * HOUR_MS }),
  used: fc.array(fc.nat({ max: 59 }), { maxLength: 3 }),
  maxBytes: fc.integer({ min: 0, max: 20_000 }),
});

test('a name says its hour and what has become of the file', () => {
  for (const suffix of SUFFIXES) {
    const name = nameOf('app', START + 5 * HOUR_MS, suffix);
    assert.deepEqual(named(name, 'app'), { name, hour: START + 5 * HOUR_MS, suffix });
  }
});

test('a prefix stands for itself only, whatever it is made of', () => {
  assert.equal(named('aXb.2026-01-01T00.log', 'a.b'), undefined);
  assert.equal(named('a.b.2026-01-01T00.log', 'a.b')?.hour, START);
  assert.equal(named('a(+.2026-01-01T00.log', 'a(+')?.hour, START);
});

test('names that others gave are never among those that go', () => {
  fc.assert(
    fc.property(cases, foreignName, ({ listing, now, retentionMs, used, maxBytes }, name) => {
      assert.equal(named(name, 'app'), undefined);
      const files = [...listing, { name, bytes: 1_000_000 }];
      const what = terms(now, retentionMs, files, used);
      assert.ok(!overdue(files, what).includes(name));
      assert.ok(!overweight(files, maxBytes, what).includes(name));
    }),
  );
});

test('a file goes when its last line may not be kept any longer, not before, and never while it is written to', () => {
  fc.assert(
    fc.property(cases, ({ listing, now, retentionMs, used }) => {
      const what = terms(now, retentionMs, listing, used);
      const gone = new Set(overdue(listing, what));
      for (const { name } of listing) {
        const hour = named(name, 'app')?.hour;
        // The newest line it may hold, a moment before the hour was over.
        const isOverdue = hour !== undefined && now - (hour + HOUR_MS) >= retentionMs;
        assert.equal(gone.has(name), isOverdue && !what.inUse.has(name), name);
      }
    }),
  );
});

test('swept each hour, no line is kept for more than its retention and an hour, and none for less than its retention', () => {
  fc.assert(
    fc.property(
      hours,
      fc.nat({ max: HOUR_MS - 1 }),
      fc.nat({ max: 20 * 24 * HOUR_MS }),
      (hour, within, retentionMs) => {
        const written = hour + within;
        const files = [{ name: nameOf('app', hour, ''), bytes: 1 }];
        const isGoneAt = (now: number): boolean => overdue(files, terms(now, retentionMs, files, [])).length > 0;
        assert.equal(isGoneAt(written + retentionMs - 1), false);
        assert.equal(isGoneAt(written + retentionMs + HOUR_MS), true);
      },
    ),
  );
});

test('above the cap the oldest go, as many as it takes and not one more', () => {
  fc.assert(
    fc.property(cases, ({ listing, now, retentionMs, used, maxBytes }) => {
      const what = terms(now, retentionMs, listing, used);
      const names = overweight(listing, maxBytes, what);
      const ours = listing.filter(({ name }) => named(name, 'app') !== undefined);
      const bytesWithout = (gone: readonly string[]): number =>
        ours.filter(({ name }) => !gone.includes(name)).reduce((sum, { bytes }) => sum + bytes, 0);
      const mayGo = ours.filter(({ name }) => !what.inUse.has(name));
      if (names.length < mayGo.length) assert.ok(bytesWithout(names) <= maxBytes);
      if (names.length > 0) assert.ok(bytesWithout(names.slice(0, -1)) > maxBytes);
      const newestGone = Math.max(...names.map((name) => named(name, 'app')?.hour ?? Infinity));
      for (const { name } of mayGo) {
        if (!names.includes(name)) assert.ok((named(name, 'app')?.hour ?? 0) >= newestGone);
        else assert.ok(!what.inUse.has(name));
      }
    }),
  );
});

test('what goes is told oldest first', () => {
  fc.assert(
    fc.property(cases, ({ listing, now, used, maxBytes }) => {
      const what = terms(now, 0, listing, used);
      for (const names of [overdue(listing, what), overweight(listing, maxBytes, what)]) {
        const order = names.map((name) => named(name, 'app')?.hour ?? NaN);
        assert.deepEqual(
          order,
          order.toSorted((one, other) => one - other),
        );
      }
    }),
  );
});

test('an hour begins where its clock shows no minutes', () => {
  assert.equal(hourOf(START + HOUR_MS - 1), START);
  assert.equal(hourOf(START + HOUR_MS), START + HOUR_MS);
});
