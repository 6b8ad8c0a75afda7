import assert from 'node:assert/strict';
import { appendFileSync, mkdirSync, readFileSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { after } from 'node:test';
import { gzipSync } from 'node:zlib';
import { Faults } from '../../../cli/logs/faults.js';
import { Filter, type Wanted } from '../../../cli/logs/filter.js';
import { Follower } from '../../../cli/logs/follower.js';
import type { Found } from '../../../cli/logs/search.js';
import { failedTask, line, text, writeLogs } from '../support/logs.js';
import { scratch } from '../support/scratch.js';

const directory = scratch('follower');
const first = 'app/app.2026-11-21T09.log';
const second = 'app/app.2026-11-21T10.log';

/** A directory with a follower, whose looks are taken by hand. */
function following(name: string, files: Parameters<typeof writeLogs>[1], wanted: Wanted = {}) {
  const logs = join(directory, name);
  mkdirSync(logs);
  writeLogs(logs, files);
  const faults = new Faults();
  const follower = new Follower({
    directory: logs,
    filter: new Filter(wanted),
    faults,
    chooses: () => true,
    tail: 3,
    tellsHeads: false,
  });
  after(() => follower.close());
  return {
    logs,
    faults,
    path: (file: string) => join(logs, file),
    append: (file: string, ...bodies: string[]) =>
      appendFileSync(join(logs, file), text(bodies.map((body, index) => line(100, next++ + index, body)))),
    history: () => bodiesOf(follower.history()),
    look: () => bodiesOf(follower.look()),
  };
}

let next = 1000;

async function bodiesOf(source: AsyncIterable<Found[]>): Promise<string[]> {
  const bodies: string[] = [];
  for await (const found of source) {
    for (const one of found) bodies.push(one.kind === 'record' ? String(one.record.fields['body']) : 'torn');
  }
  return bodies;
}

const numbered = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, index) => line(from + index, from + index, `line ${from + index}`));

test('the last few records are the history, from compressed files only where others have too few', async () => {
  const enough = following('enough', { 'app/app.2026-11-21T08.log.gz': numbered(0, 5), [first]: numbered(5, 10) });
  assert.deepEqual(await enough.history(), ['line 7', 'line 8', 'line 9']);
  const few = following('few', {
    'app/app.2026-11-21T07.log.gz': 'must not be read',
    'app/app.2026-11-21T08.log.gz': numbered(0, 5),
    [first]: numbered(5, 7),
  });
  assert.deepEqual(await few.history(), ['line 4', 'line 5', 'line 6']);
  assert.deepEqual(few.faults.sentences(few.logs), []);
  assert.deepEqual(await few.look(), []);
});

test('with a time the history is all since then, and an earlier file counts from its end on', async () => {
  const { append, history, look } = following(
    'since',
    {
      'app/app.2026-11-20T08.log.gz': numbered(0, 1),
      'app/app.2026-11-20T09.log': numbered(1, 3),
      [first]: numbered(3, 8),
    },
    { since: Date.parse('2026-11-21T00:00:00Z') },
  );
  assert.deepEqual(await history(), ['line 3', 'line 4', 'line 5', 'line 6', 'line 7']);
  assert.deepEqual(await look(), []);
  append('app/app.2026-11-20T09.log', 'late');
  assert.deepEqual(await look(), ['late']);
});

test('what is appended is told once it has its newline', async () => {
  const { path, append, history, look } = following('appended', { [first]: numbered(0, 1) });
  await history();
  append(first, 'a', 'b');
  assert.deepEqual(await look(), ['a', 'b']);
  const [half, rest] = ['{"timestamp":"2026-11-21T09:00:00Z","bo', 'dy":"whole"}\n'];
  appendFileSync(path(first), half);
  assert.deepEqual(await look(), []);
  appendFileSync(path(first), rest);
  assert.deepEqual(await look(), ['whole']);
});

test('the file of the next hour is followed, and the one before to its end, also when it is gone by then', async () => {
  const { path, append, history, look } = following('rotated', { [first]: numbered(0, 1) });
  await history();
  append(first, 'a');
  await look();
  append(first, 'last of the hour');
  append(second, 'next hour');
  writeFileSync(path(`${first}.gz`), gzipSync(readFileSync(path(first))));
  rmSync(path(first));
  assert.deepEqual(await look(), ['last of the hour', 'next hour']);
  append(second, 'b');
  assert.deepEqual(await look(), ['b']);
});

test('a file that is written once more after the next one has begun is read on', async () => {
  const { append, history, look } = following('overlapping', { [first]: numbered(0, 1) });
  await history();
  append(second, 'a');
  assert.deepEqual(await look(), ['a']);
  append(first, 'held up');
  assert.deepEqual(await look(), ['held up']);
});

test('a file that was truncated or replaced is read from its beginning', async () => {
  const { path, append, history, look } = following('replaced', { [first]: numbered(0, 5) });
  await history();
  truncateSync(path(first));
  assert.deepEqual(await look(), []);
  append(first, 'after the cut');
  assert.deepEqual(await look(), ['after the cut']);
  renameSync(path(first), path('elsewhere'));
  append(first, 'new file, longer than the old one was when it was read for the last time');
  assert.deepEqual(await look(), ['new file, longer than the old one was when it was read for the last time']);
});

test('folders that appear, vanish and come again are followed', async () => {
  const { logs, append, history, look } = following('folders', {});
  assert.deepEqual(await history(), []);
  writeLogs(logs, { [first]: numbered(0, 1) });
  assert.deepEqual(await look(), ['line 0']);
  rmSync(logs, { recursive: true });
  assert.deepEqual(await look(), []);
  mkdirSync(join(logs, 'app'), { recursive: true });
  append(first, 'again');
  assert.deepEqual(await look(), ['again']);
});

test('the lines of an incident that were told before are not told again', async () => {
  const { app, incidents } = failedTask();
  const { logs, history, look } = following('incidents', { [first]: app }, { task: 17, since: 0 });
  await history();
  writeLogs(logs, { 'incidents/incidents.2026-11-21T09.log': incidents });
  // Nor is its head, as the task's end was told.
  assert.deepEqual(await look(), ['cache updated']);
});

test('what both logs hold at one look is told in the order of its time, with the copies of the incident', async () => {
  const { app, incidents } = failedTask();
  const copies = incidents.map((one) => ({ ...one, 'incident.id': 'k3f9a2bc-1' }));
  const files = { [first]: app, 'incidents/incidents.2026-11-21T09.log.gz': copies };
  const since = following('in-order', files, { since: 0 });
  const [, ...story] = incidents.map(({ body }) => String(body));
  assert.deepEqual(await since.history(), [...story, String(app.at(-1)?.['body'])]);
  const last = following('in-order-tail', { ...files, [first]: app.slice(0, 1) });
  assert.deepEqual(await last.history(), story.slice(-3));
});
