import assert from 'node:assert/strict';
import { join } from 'node:path';
import test from 'node:test';
import { Faults } from '../../../cli/logs/faults.js';
import { Filter } from '../../../cli/logs/filter.js';
import { IncidentHours } from '../../../cli/logs/incident-hours.js';
import { type LogFile, listLogFiles, logFile } from '../../../cli/logs/log-files.js';
import type { Found } from '../../../cli/logs/search.js';
import { type Fields, line, parsed, record, writeLogs } from '../support/logs.js';
import { scratch } from '../support/scratch.js';

const directory = scratch('incident-hours');
const minute = 60_000;
const file = logFile('', 'app.2026-11-21T09.log');
assert.ok(file);

const torn: Found = { kind: 'torn', file, text: '{' };
const foundIn = (file: LogFile, fields: Fields): Found => ({ kind: 'record', file, record: parsed(fields) });

async function bodiesOf(source: AsyncIterable<Found[]>): Promise<unknown[]> {
  const bodies: unknown[] = [];
  for await (const found of source) {
    for (const one of found) bodies.push(one.kind === 'record' ? one.record.fields['body'] : 'torn');
  }
  return bodies;
}

async function hoursOf(logs: string, faults = new Faults()): Promise<IncidentHours> {
  const hours = new IncidentHours(new Filter({}));
  await hours.look(listLogFiles(logs).files, faults);
  return hours;
}

test('each record stands where its time puts it, whatever hour its story was written in, and heads behind their lines', async () => {
  const logs = join(directory, 'hours');
  const head = record({ at: 70 * minute, body: 'head', event_name: 'incident', 'incident.id': 'i-2' });
  writeLogs(logs, {
    'incidents/incidents.2026-11-21T09.log.gz': [line(30 * minute, 0, 'b'), line(40 * minute, 1, 'c')],
    'incidents/incidents.2026-11-21T10.log': [
      head,
      line(-10 * minute, 0, 'a', { 'task.id': 18 }),
      line(35 * minute, 1, 'between', { 'task.id': 18 }),
      line(70 * minute, 2, 'end', { 'task.id': 18 }),
    ],
  });
  assert.deepEqual(await bodiesOf((await hoursOf(logs)).all()), ['a', 'b', 'between', 'c', 'end', 'head']);
});

test('what is here as well is taken from another source, in whatever file and hour it is', async () => {
  const logs = join(directory, 'without');
  const copies = Array.from({ length: 5 }, (_, hour) => line(hour * 60 * minute, hour, `copy ${hour}`));
  writeLogs(logs, { 'incidents/incidents.2026-11-21T14.log': copies });
  const all = [...copies, ...copies.toReversed()].flatMap((copy, index) => [
    copy,
    line(index, index, `own ${index}`, { 'task.id': 18 }),
  ]);
  const app = all.map((one) => foundIn(file, one));
  async function* source(): AsyncGenerator<Found[]> {
    yield await Promise.resolve(app);
    yield [torn];
  }
  const left = await bodiesOf((await hoursOf(logs)).without(source()));
  assert.deepEqual(left, [...Array.from({ length: 10 }, (_, index) => `own ${index}`), 'torn']);
});

test('a record of two incidents is told once, a torn line once, and what is no record is counted once', async () => {
  const logs = join(directory, 'twice');
  const story = [line(0, 0, 'a'), line(1, 1, 'b')];
  writeLogs(logs, {
    'incidents/incidents.2026-11-21T09.log': [...story, ...story],
    'incidents/incidents.2026-11-21T10.log': `what?\n${JSON.stringify(line(2, 2, 'c'))}\n{"timestamp":"2026-11-21T10:`,
  });
  const faults = new Faults();
  assert.deepEqual(await bodiesOf((await hoursOf(logs, faults)).all()), ['a', 'b', 'c', 'torn']);
  assert.deepEqual(faults.sentences(join(logs, 'incidents')), ['1 line of incidents.2026-11-21T10.log is no record']);
});
