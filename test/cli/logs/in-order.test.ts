import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { inOrder } from '../../../cli/logs/in-order.js';
import { logFile } from '../../../cli/logs/log-files.js';
import type { Found } from '../../../cli/logs/search.js';
import { parsed, record } from '../support/logs.js';

const file = logFile('', 'app.2026-11-21T09.log');
assert.ok(file);
const found = (at: number, body: string): Found => ({ kind: 'record', file, record: parsed(record({ at, body })) });
const bodyOf = (one: Found): string => (one.kind === 'record' ? String(one.record.fields['body']) : 'torn');

test('sources are merged by time, and of the same time the earlier source comes first', async () => {
  const source = fc.array(fc.array(fc.nat(20), { maxLength: 5 }), { maxLength: 5 });
  await fc.assert(
    fc.asyncProperty(fc.array(source, { maxLength: 4 }), async (given) => {
      const all = given.map((batches, index) => {
        const times = batches.flat().sort((a, b) => a - b);
        const lengths = batches.map(({ length }) => length);
        return { times, lengths, index };
      });
      async function* batchesOf({ times, lengths, index }: (typeof all)[number]): AsyncGenerator<Found[]> {
        let from = 0;
        for (const length of lengths) {
          const part = times.slice(from, from + length);
          yield await Promise.resolve(part.map((at, place) => found(at, `${index}.${from + place}`)));
          from += length;
        }
      }
      const bodies: string[] = [];
      for await (const some of inOrder(all.map(batchesOf))) bodies.push(...some.map(bodyOf));
      const expected = all.flatMap(({ times, index }) => times.map((at, place) => ({ at, body: `${index}.${place}` })));
      assert.deepEqual(
        bodies,
        expected.sort((a, b) => a.at - b.at).map(({ body }) => body),
      );
    }),
  );
});

test('one source is read at a time, and all are closed when nobody reads on', async () => {
  let reading = 0;
  const closed: string[] = [];
  async function* source(name: string): AsyncGenerator<Found[]> {
    try {
      for (let at = 0; ; at++) {
        assert.equal(++reading, 1);
        await new Promise(setImmediate);
        reading--;
        yield [found(at, name)];
      }
    } finally {
      closed.push(name);
    }
  }
  let count = 0;
  for await (const some of inOrder(['a', 'b', 'c'].map(source))) {
    count += some.length;
    if (count > 20) break;
  }
  assert.deepEqual(closed, ['a', 'b', 'c']);
});
