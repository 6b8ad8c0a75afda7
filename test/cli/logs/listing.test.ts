import assert from 'node:assert/strict';
import { join } from 'node:path';
import test from 'node:test';
import { Faults } from '../../../cli/logs/faults.js';
import { Filter, type Wanted } from '../../../cli/logs/filter.js';
import { listRecords } from '../../../cli/logs/listing.js';
import { listLogFiles } from '../../../cli/logs/log-files.js';
import { failedTask, line, writeLogs } from '../support/logs.js';
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
  // Each once, the line that the app log has not, and two heads.
  assert.deepEqual(bodies, [...app.map(({ body }) => body), 'resize failed', 'cache updated', 'resize failed']);
});

test('lines that are no records are counted once, also in files that are read twice', async () => {
  const logs = join(directory, 'faults');
  writeLogs(logs, { 'incidents/incidents.2026-11-21T09.log': 'what?\n' });
  const faults = new Faults();
  await list(logs, {}, faults);
  assert.deepEqual(faults.sentences(join(logs, 'incidents')), ['1 line of incidents.2026-11-21T09.log is no record']);
});
