import assert from 'node:assert/strict';
import { readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { gzipSync } from 'node:zlib';
import { blockLength } from '../../../cli/logs/blocks.js';
import { Faults } from '../../../cli/logs/faults.js';
import { Filter, type Wanted } from '../../../cli/logs/filter.js';
import { type LogFile, logFile } from '../../../cli/logs/log-files.js';
import { type Found, Search } from '../../../cli/logs/search.js';
import { line, record, text, writeLogs } from '../support/logs.js';
import { scratch } from '../support/scratch.js';

const directory = scratch('search');

function file(name: string): LogFile {
  const found = logFile(directory, name);
  assert.ok(found);
  return found;
}

async function search(found: LogFile, wanted: Wanted, faults = new Faults()): Promise<Found[]> {
  const all: Found[] = [];
  for await (const some of new Search(new Filter(wanted), faults).in(found)) all.push(...some);
  return all;
}

const bodies = (found: readonly Found[]) =>
  found.map((one) => (one.kind === 'torn' ? `torn ${one.text}` : one.record.fields['body']));

test('records are found in files as they are and in compressed ones', async () => {
  const records = [line(0, 0, 'mine'), line(1, 0, 'another', { 'task.id': 170 }), line(2, 1, 'also mine')];
  writeLogs(directory, { 'app.2026-11-21T01.log': records, 'app.2026-11-21T02.log.gz': records });
  for (const name of ['app.2026-11-21T01.log', 'app.2026-11-21T02.log.gz']) {
    assert.deepEqual(bodies(await search(file(name), { task: 17 })), ['mine', 'also mine']);
    assert.deepEqual(bodies(await search(file(name), {})), ['mine', 'another', 'also mine']);
  }
});

test('a line across two blocks is found, and one that is longer than a block', async () => {
  const filler = (length: number) => line(0, 0, 'x'.repeat(length), { 'task.id': 1 });
  const border = blockLength - text([filler(0)]).length - 100;
  const long = line(2, 1, 'y'.repeat(blockLength + 1000));
  writeLogs(directory, {
    'app.2026-11-21T03.log': [filler(border), line(1, 0, 'on the border'), long, line(3, 2, 'end')],
  });
  const found = bodies(await search(file('app.2026-11-21T03.log'), { task: 17 }));
  assert.deepEqual(
    found.map((body) => String(body).slice(0, 13)),
    ['on the border', 'y'.repeat(13), 'end'],
  );
  assert.equal(String(found[1]).length, blockLength + 1000);
});

test('lines that are no records are counted and told with their file', async () => {
  writeLogs(directory, { 'app.2026-11-21T04.log': `{"timestamp":\nwhat?\n${text([line(0, 0, 'a')])}` });
  const faults = new Faults();
  assert.deepEqual(bodies(await search(file('app.2026-11-21T04.log'), {}, faults)), ['a']);
  assert.deepEqual(faults.sentences(directory), ['2 lines of app.2026-11-21T04.log are no records']);
  assert.ok(!faults.areUnread);
});

test('a last line without its newline is a record if all of it is there, and torn otherwise', async () => {
  const last = JSON.stringify(line(1, 1, 'last'));
  writeLogs(directory, { 'app.2026-11-21T05.log': text([line(0, 0, 'a')]) + last });
  assert.deepEqual(bodies(await search(file('app.2026-11-21T05.log'), { task: 17 })), ['a', 'last']);
  truncateSync(join(directory, 'app.2026-11-21T05.log'), text([line(0, 0, 'a')]).length + last.length - 5);
  const faults = new Faults();
  const found = await search(file('app.2026-11-21T05.log'), { task: 17 }, faults);
  assert.deepEqual(bodies(found), ['a', `torn ${last.slice(0, -5)}`]);
  assert.deepEqual(bodies(await search(file('app.2026-11-21T05.log'), { task: 1 })), []);
  assert.deepEqual(faults.sentences(directory), []);
});

test('a file that was compressed since it was listed is read compressed, and one that was purged is not missed', async () => {
  writeLogs(directory, { 'app.2026-11-21T06.log': [line(0, 0, 'a')] });
  const listed = file('app.2026-11-21T06.log');
  writeFileSync(`${listed.path}.gz`, gzipSync(readFileSync(listed.path)));
  rmSync(listed.path);
  const faults = new Faults();
  assert.deepEqual(bodies(await search(listed, {}, faults)), ['a']);
  rmSync(`${listed.path}.gz`);
  assert.deepEqual(await search(listed, {}, faults), []);
  assert.deepEqual(faults.sentences(directory), []);
});

test('of a damaged file what can be read is told, and that there was more', async () => {
  const records = Array.from({ length: 20_000 }, (_, seq) => line(seq, seq, `line ${(seq * 7919) % 20_011}`));
  writeLogs(directory, { 'app.2026-11-21T07.log.gz': records });
  const damaged = file('app.2026-11-21T07.log.gz');
  truncateSync(damaged.path, Math.floor(readFileSync(damaged.path).length / 2));
  const faults = new Faults();
  const found = await search(damaged, { task: 17 }, faults);
  assert.ok(found.length > 1000 && found.length < 20_000, String(found.length));
  assert.ok(faults.areUnread);
  assert.match(
    String(faults.sentences(directory).at(-1)),
    /^cannot read app\.2026-11-21T07\.log\.gz: unexpected end of file$/,
  );
});

test('what is no file cannot be read', async () => {
  writeLogs(directory, { 'app.2026-11-21T08.log/inside': [record({})] });
  const faults = new Faults();
  assert.deepEqual(await search(file('app.2026-11-21T08.log'), {}, faults), []);
  assert.match(String(faults.sentences(directory)[0]), /^cannot read app\.2026-11-21T08\.log: EISDIR/);
});
