import assert from 'node:assert/strict';
import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { gzipSync } from 'node:zlib';
import { Faults } from '../../../cli/logs/faults.js';
import { Filter, type Wanted } from '../../../cli/logs/filter.js';
import { listRecords } from '../../../cli/logs/listing.js';
import { listLogFiles } from '../../../cli/logs/log-files.js';
import { type Found, Search } from '../../../cli/logs/search.js';
import { failedTask, line, text, writeLogs } from '../support/logs.js';
import { scratch } from '../support/scratch.js';

const directory = scratch('listing');

async function list(logs: string, wanted: Wanted = {}, faults = new Faults()): Promise<unknown[]> {
  const bodies: unknown[] = [];
  for await (const found of listRecords(listLogFiles(logs).files, new Filter(wanted), faults)) {
    for (const one of found) bodies.push(one.kind === 'record' ? one.record.fields['body'] : 'torn');
  }
  return bodies;
}

test('the oldest hour comes first, whatever its file is like', async () => {
  const logs = join(directory, 'hours');
  writeLogs(logs, {
    'app/app.2026-11-21T10.log': [line(2, 2, 'third')],
    'app/app.2026-11-21T08.log.gz': [line(0, 0, 'first')],
    'app/app.2026-11-21T09.log': [line(1, 1, 'second')],
  });
  assert.deepEqual(await list(logs), ['first', 'second', 'third']);
});

test('what stands in both logs, or in two incidents, is told once; what stands in one is not lost', async () => {
  const logs = join(directory, 'both');
  const { app, incidents } = failedTask();
  const again = incidents.map((one) => (one['event_name'] === 'incident' ? { ...one, 'incident.id': 'i-2' } : one));
  writeLogs(logs, {
    'app/app.2026-11-21T09.log': app,
    'incidents/incidents.2026-11-21T09.log': incidents,
    'incidents/incidents.2026-11-21T10.log.gz': again,
  });
  const bodies = await list(logs);
  // Each once, the line that the app log has not, two heads behind the end, and what was left out when the minute was over.
  const [, ...story] = incidents.map(({ body }) => body);
  assert.deepEqual(bodies, [...story, 'resize failed', 'resize failed', app.at(-1)?.['body']]);
});

test('the copy that says which incident it is of is told, where its time puts it', async () => {
  const logs = join(directory, 'copies');
  const lines = [line(3_599_998, 0, 'a'), line(3_599_999, 1, 'b'), line(3_600_001, 2, 'c')];
  const copies = lines.map((one) => ({ ...one, 'incident.id': 'i-1' }));
  const between = line(3_599_999, 0, 'somebody else', { 'task.id': 18 });
  writeLogs(logs, {
    'app/app.2026-11-21T09.log.gz': [lines[0] ?? {}, between, lines[1] ?? {}],
    'app/app.2026-11-21T10.log': lines.slice(2),
    'incidents/incidents.2026-11-21T10.log': copies,
  });
  let told = '';
  for await (const found of listRecords(listLogFiles(logs).files, new Filter({}), new Faults())) {
    for (const one of found) told += one.kind === 'record' ? `${one.record.line}\n` : 'torn';
  }
  assert.equal(told, text([copies[0], copies[1], between, copies[2]].map((one) => one ?? {})));
});

test('what is packed and what is not are one hour, in the order of its time; so are lines that were written late', async () => {
  const logs = join(directory, 'merged');
  writeLogs(logs, {
    'app/app.2026-11-21T09.log.gz': [line(0, 0, 'a'), line(20, 2, 'c')],
    'app/app.2026-11-21T09.log': [line(10, 1, 'b'), line(40, 4, 'e'), line(30, 3, 'counted, and written alone')],
    'incidents/incidents.2026-11-21T09.log': [line(15, 0, 'kept', { 'task.id': 18 })],
  });
  assert.deepEqual(await list(logs), ['a', 'b', 'kept', 'c', 'counted, and written alone', 'e']);
});

test('lines that are no records are counted once, also in files that are read twice', async () => {
  const logs = join(directory, 'faults');
  writeLogs(logs, { 'incidents/incidents.2026-11-21T09.log': 'what?\n' });
  const faults = new Faults();
  await list(logs, {}, faults);
  assert.deepEqual(faults.sentences(join(logs, 'incidents')), ['1 line of incidents.2026-11-21T09.log is no record']);
});

test('of an attempt that was run again each line is told, with its incident too', async () => {
  const logs = join(directory, 'again');
  const runs = [
    line(0, 0, 'first'),
    line(10, 0, 'elsewhere', { 'thread.slot': 3 }),
    line(20, 0, 'in the next thread', { 'thread.generation': 2 }),
    line(30, 0, 'after the circuit'),
  ];
  const copies = runs.map((one) => ({ ...one, 'incident.id': 'i-1' }));
  writeLogs(logs, { 'app/app.2026-11-21T09.log': runs, 'incidents/incidents.2026-11-21T09.log': copies });
  assert.deepEqual(await list(logs), ['first', 'elsewhere', 'in the next thread', 'after the circuit']);
});

test('what was written to an hour after it was packed is told, and once if it is packed before it is read', async () => {
  const logs = join(directory, 'packed');
  const [packed, plain] = [[line(0, 0, 'packed')], [line(1, 1, 'written later')]];
  const file = join(logs, 'app', 'app.2026-11-21T09.log');
  writeLogs(logs, { 'app/app.2026-11-21T09.log.gz': packed, 'app/app.2026-11-21T09.log': plain });
  const { files } = listLogFiles(logs);
  assert.deepEqual(await list(logs), ['packed', 'written later']);

  const told: unknown[] = [];
  for await (const found of listRecords(files, new Filter({}), new Faults())) {
    for (const one of found) told.push(one.kind === 'record' && one.record.fields['body']);
    writeFileSync(`${file}.gz.whole`, Buffer.concat([gzipSync(text(packed)), gzipSync(text(plain))]));
    rmSync(file, { force: true });
    renameSync(`${file}.gz.whole`, `${file}.gz`);
  }
  assert.deepEqual(told, ['packed', 'written later']);
  const late: unknown[] = [];
  for await (const found of listRecords(files, new Filter({}), new Faults())) {
    for (const one of found) late.push(one.kind === 'record' && one.record.fields['body']);
  }
  assert.deepEqual(late, ['packed', 'written later']);
});

test('a file that is packed to another one while that is read is read once', async () => {
  const logs = join(directory, 'packing');
  const file = join(logs, 'app', 'app.2026-11-21T09.log');
  // Too much for one block, so that the pack is not read to its end when the plain file is looked for.
  const many = Array.from({ length: 20_000 }, (_, seq) => line(seq, seq, `packed ${seq}`));
  const plain = [line(20_000, 20_000, 'written later')];
  writeLogs(logs, { 'app/app.2026-11-21T09.log.gz': many, 'app/app.2026-11-21T09.log': plain });
  const { files } = listLogFiles(logs);
  const search = new Search(new Filter({}), new Faults());
  const [packed, other] = files.map((one) => search.in(one)[Symbol.asyncIterator]());
  assert.ok(packed && other);
  const told: Found[] = [];
  const take = async (source: AsyncIterator<Found[]>): Promise<boolean> => {
    const next = await source.next();
    if (next.done !== true) told.push(...next.value);
    return next.done !== true;
  };
  assert.ok(await take(packed));
  assert.ok(told.length < many.length);
  writeFileSync(`${file}.gz.whole`, Buffer.concat([gzipSync(text(many)), gzipSync(text(plain))]));
  rmSync(file);
  renameSync(`${file}.gz.whole`, `${file}.gz`);
  while (await take(other)) continue;
  while (await take(packed)) continue;
  assert.equal(told.length, many.length + 1);
});

test('a pack that a new process finishes after it was listed is read', async () => {
  const logs = join(directory, 'whole');
  const whole = join(logs, 'app', 'app.2026-11-21T09.log.gz.whole');
  writeLogs(logs, { 'app/app.2026-11-21T09.log.gz': [line(0, 0, 'a')] });
  renameSync(whole.replace('.whole', ''), whole);
  assert.deepEqual(await list(logs), ['a']);
  const { files } = listLogFiles(logs);
  renameSync(whole, whole.replace('.whole', ''));
  for await (const found of listRecords(files, new Filter({}), new Faults())) assert.equal(found.length, 1);
});
