import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { logFile } from '../../../cli/logs/log-files.js';
import type { Found } from '../../../cli/logs/search.js';
import { sorted } from '../../../cli/logs/sorted.js';
import { line, parsed, record } from '../support/logs.js';

const file = logFile('', 'app.2026-11-21T09.log');
assert.ok(file);
const found = (at: number, seq: number): Found => ({ kind: 'record', file, record: parsed(line(at, seq, '')) });
const timeAndPlace = (one: Found): [number, number] =>
  one.kind === 'record' ? [one.record.at, Number(one.record.fields['log.seq'])] : [-1, -1];

async function* batches(all: readonly Found[], length: number): AsyncGenerator<Found[]> {
  for (let from = 0; from < all.length; from += length) yield await Promise.resolve(all.slice(from, from + length));
}

async function sortedOf(times: readonly number[], length: number, held: number): Promise<[number, number][]> {
  const all: Found[] = [];
  for await (const some of sorted(batches(times.map(found), length), held)) all.push(...some);
  return all.map(timeAndPlace);
}

test('what is as late as the window is long at most comes in order, and what is of one time keeps its order', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat(9), { maxLength: 60 }), fc.integer({ min: 1, max: 9 }), async (jitter, length) => {
      // Each may be overtaken by those of the next ten times, of which there are five each.
      const times = jitter.map((late, index) => Math.floor(index / 5) + 10 - late);
      const told = await sortedOf(times, length, 100);
      const expected = times.map((at, seq) => ({ at: found(at, seq), seq })).map(({ at }) => timeAndPlace(at));
      assert.deepEqual(
        told,
        expected.sort(([a, one], [b, other]) => a - b || one - other),
      );
    }),
  );
});

test('no more than the window is held back, and what comes later still is told nevertheless', async () => {
  const given: number[] = [];
  async function* counted(): AsyncGenerator<Found[]> {
    for (const at of [5, 6, 7, 8, 1]) {
      given.push(at);
      yield await Promise.resolve([found(at, 0)]);
    }
  }
  const times: number[] = [];
  for await (const some of sorted(counted(), 2)) {
    if (times.length === 0) assert.deepEqual(given, [5, 6, 7]);
    times.push(...some.map((one) => timeAndPlace(one)[0] - timeAndPlace(found(0, 0))[0]));
  }
  assert.deepEqual(times, [5, 6, 1, 7, 8]);
});

test('the head of an incident comes behind what it sums up', async () => {
  const head = record({ at: 5, event_name: 'incident', 'incident.id': 'i-1', 'log.seq': 9 });
  const story = [{ kind: 'record', file, record: parsed(head) } as const, found(4, 0), found(5, 1), found(6, 2)];
  const seqs: number[] = [];
  for await (const some of sorted(batches(story, 9))) seqs.push(...some.map((one) => timeAndPlace(one)[1]));
  assert.deepEqual(seqs, [0, 1, 9, 2]);
});
