import assert from 'node:assert/strict';
import test from 'node:test';
import { readCsv } from '../../../cli/inputs/csv.js';
import { InputError } from '../../../cli/inputs/inputs.js';
import { collect, pieces } from '../support/pieces.js';

test('each row is an object named by the header line', async () => {
  const rows = readCsv(pieces('id,name\r\n1,"Smith, ', 'Ann"\r\n\r\n2,"say ""hi"""'), 'in.csv');
  assert.deepEqual(await collect(rows), [
    { id: '1', name: 'Smith, Ann' },
    { id: '2', name: 'say "hi"' },
  ]);
});

test('a quoted field may hold line ends', async () => {
  assert.deepEqual(await collect(readCsv(pieces('a\n"x\ny"\n'), 'in.csv')), [{ a: 'x\ny' }]);
});

test('a row with a field too many ends the reading and is named by its line', async () => {
  const rows = readCsv(pieces('a,b\n1,2\n1,2,3\n'), 'in.csv');
  assert.deepEqual((await rows.next()).value, { a: '1', b: '2' });
  await assert.rejects(rows.next(), { name: 'InputError', message: /^in\.csv: .*line 3/ });
});

test('a source that breaks ends the reading with its own error', async () => {
  const broken = new Error('EIO');
  async function* source(): AsyncGenerator<string> {
    yield 'a\n1\n';
    throw broken;
  }
  await assert.rejects(
    collect(readCsv(source(), 'in.csv')),
    (error) => error === broken && !(error instanceof InputError),
  );
});

test('rows are read as they are needed', async () => {
  let read = 0;
  async function* endless(): AsyncGenerator<string> {
    yield 'n\n';
    for (;;) yield `${read++}\n`.repeat(1000);
  }
  const rows = readCsv(endless(), 'in.csv');
  for (let row = 0; row < 2000; row++) await rows.next();
  assert.ok(read < 500, `${read} pieces were read for 2,000 rows`);
  await rows.return(undefined);
});
