// How the simulation reads what is left: an incident that is not whole, or nobody's, must not pass for one that is.
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { gzipSync } from 'node:zlib';
import { scratch } from '../../cli/support/scratch.js';
import { compiled } from '../support/compiled.js';

interface Happening {
  readonly line?: { readonly taskId: number; readonly text: string };
}

const { happeningsOf } = await compiled<{
  happeningsOf: (day: number, shape: object, fates: ReadonlyMap<number, string>) => Happening[];
}>('forty-days/days.js');
const { keptIn } = await compiled<{
  keptIn: (
    dir: string,
    shape: object,
    fates: ReadonlyMap<number, string>,
  ) => { app: { from: string; to: string; records: number }; incidents: Record<string, number> };
}>('forty-days/kept.js');

const directory = scratch('kept');
const SHAPE = { days: 1, tasksPerDay: 8, linesPerTask: 3, failures: 2, slow: 0 };
const FATES = new Map([
  [2, 'failed'],
  [5, 'failed'],
]);
const timestamp = '2026-01-05T03:00:00.000Z';

type Entry = Record<string, unknown>;

/** The records of an incident of this task: head, lines, end. */
function incidentOf(task: number, kind = 'failed'): Entry[] {
  const texts = happeningsOf(0, SHAPE, FATES).flatMap(({ line }) => (line?.taskId === task ? line.text : []));
  assert.equal(texts.length, 3);
  return [
    { event_name: 'incident', 'incident.kind': kind },
    ...texts.map((body, seq) => ({ body, 'log.seq': seq })),
    { event_name: 'task.ended' },
  ].map((record) => ({ timestamp, 'task.id': task, 'incident.id': `k-${task}`, ...record }));
}

function incidentsIn(name: string, incidents: readonly Entry[]) {
  const dir = join(directory, name);
  for (const part of ['app', 'incidents']) mkdirSync(join(dir, part), { recursive: true });
  const text = (records: readonly Entry[]): string => records.map((record) => `${JSON.stringify(record)}\n`).join('');
  const later = { timestamp: '2026-01-05T09:00:00.000Z', body: 'b' };
  writeFileSync(join(dir, 'app/app.2026-01-05T03.log.gz'), gzipSync(text([{ timestamp, body: 'a' }])));
  writeFileSync(join(dir, 'app/app.2026-01-05T09.log'), text([later]));
  const half = Math.ceil(incidents.length / 2);
  writeFileSync(join(dir, 'incidents/incidents.2026-01-05T03.log.gz'), gzipSync(text(incidents.slice(0, half))));
  writeFileSync(join(dir, 'incidents/incidents.2026-01-05T04.log'), text(incidents.slice(half)));
  const { app, incidents: found } = keptIn(dir, SHAPE, FATES);
  assert.deepEqual([app.from, app.to, app.records], [timestamp, later.timestamp, 2]);
  return [found['all'], found['whole'], found['others']];
}

test('an incident is whole with its head, all lines in order, and its end, wherever they lie', () => {
  assert.deepEqual(incidentsIn('whole', [...incidentOf(2), ...incidentOf(5)]), [2, 2, 0]);
});

test('one of which a record is missing, or in another place, is not', () => {
  const records = incidentOf(2);
  for (const missing of records.keys()) {
    const rest = records.filter((_, place) => place !== missing);
    assert.deepEqual(incidentsIn(`without-${missing}`, [...rest, ...incidentOf(5)]), [2, 1, 1], `without ${missing}`);
  }
  const [head = {}, first = {}, second = {}, ...rest] = records;
  assert.deepEqual(incidentsIn('turned', [head, second, first, ...rest]), [2, 0, 1]);
});

test('one of a task without a fate, or of no task, has nothing behind it', () => {
  assert.deepEqual(incidentsIn('another', [...incidentOf(2), ...incidentOf(3)]), [2, 1, 1]);
  assert.deepEqual(incidentsIn('other-kind', [...incidentOf(2), ...incidentOf(5, 'duration')]), [2, 1, 1]);
  const silence = { timestamp, event_name: 'incident', 'incident.id': 'k-9', 'incident.kind': 'rule-silent' };
  assert.deepEqual(incidentsIn('silence', [...incidentOf(2), silence]), [2, 1, 1]);
});
