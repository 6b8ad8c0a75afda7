import assert from 'node:assert/strict';
import test from 'node:test';
import type { SupervisorReading } from '../../../cli/inspect/reading.js';
import { type InspectionLayout, inspectionLines } from '../../../cli/render/inspection.js';
import { noPaint } from '../../../cli/render/paint.js';
import { widthOf } from '../../../cli/render/width.js';
import { holding, supervisor, thread } from '../support/readings.js';

const layout: InspectionLayout = {
  columns: 80,
  lines: Number.POSITIVE_INFINITY,
  cwd: '/app',
  paint: noPaint,
  over: false,
};

const lines = (supervisors: SupervisorReading[], more: Partial<InspectionLayout> = {}): string[] =>
  inspectionLines({ supervisors }, { ...layout, ...more });

const files = (count: number, more: Parameters<typeof holding>[0] = {}) =>
  Array.from({ length: count }, () => holding(more));

const server = holding({
  resource: 'server',
  path: '0.0.0.0:8080',
  openedAt: '/app/src/serve.ts:4:3',
  task: 'serve',
  standing: 'retained',
});
const database = holding({
  resource: 'socket',
  path: '127.0.0.1:5432',
  openedAt: '/app/src/db.ts:9:1',
  task: null,
  standing: 'open',
});

test('what is open is told by thread, task and line, leaks first', () => {
  const threads = [thread(0, [database, ...files(38)]), thread(1, [...files(3), server])];
  assert.deepEqual(lines([supervisor(threads)]), [
    'plustwo (pid 4242, running): 43 open, 41 leaked, 1 retained',
    'THREAD  TASK    WHAT               OPENED AT            WHERE IT LEADS',
    '     0  resize  38 files leaked    src/resize.ts:12:10  photos/a.png, …',
    '     1  resize  3 files leaked     src/resize.ts:12:10  photos/a.png, …',
    '     1  serve   1 server retained  src/serve.ts:4:3     0.0.0.0:8080',
    '     0  -       1 socket open      src/db.ts:9:1        127.0.0.1:5432',
  ]);
});

test('a supervisor with nothing open is one line', () => {
  assert.deepEqual(lines([supervisor([thread(0, [])])]), ['plustwo (pid 4242, running): nothing open']);
});

test('where lines are few, threads are counted instead of listed', () => {
  const threads = Array.from({ length: 18 }, (_, slot) => thread(slot, [...files(2), ...(slot === 4 ? [server] : [])]));
  assert.deepEqual(lines([supervisor(threads)], { lines: 6 }), [
    'plustwo (pid 4242, running): 37 open, 36 leaked, 1 retained',
    'THREADS  TASK    WHAT               OPENED AT            WHERE IT LEADS',
    '     18  resize  36 files leaked    src/resize.ts:12:10  photos/a.png, …',
    '      1  serve   1 server retained  src/serve.ts:4:3     0.0.0.0:8080',
  ]);
});

test('what has no room even then is counted', () => {
  const holdings = Array.from({ length: 9 }, (_, line) => holding({ openedAt: `/app/a.ts:${line}:1` }));
  const shown = lines([supervisor([thread(0, holdings)])], { lines: 6 });
  assert.equal(shown.length, 6);
  assert.equal(shown.at(-1), '… and 6 more in 6 rows');
});

test('several supervisors share the lines, and never take more', () => {
  const many = Array.from({ length: 4 }, (_, pid) =>
    supervisor([thread(0, files(3)), thread(1, [server])], { pid, name: `pool-${pid}` }),
  );
  for (const room of [1, 2, 3, 5, 9, 14, 100]) {
    const shown = lines(many, { lines: room });
    assert.ok(shown.length <= room, `${shown.length} lines for ${room}`);
  }
  assert.equal(lines(many, { lines: 16 }).filter((line) => line.startsWith('pool-')).length, 4);
});

test('a thread that is too busy to answer is marked, and the reader told', () => {
  const busy = thread(3, [holding({ openedAt: null, path: '/dev/null', standing: 'open' })], { answered: false });
  const shown = lines([supervisor([thread(0, []), busy, thread(5, [], { answered: false, threadId: null })])]);
  assert.match(String(shown[2]), /^ +3\* {2}resize {2}1 file open {2}- +\/dev\/null$/);
  assert.deepEqual(shown.slice(3), ['* too busy to answer, seen from outside: thread 3']);
});

test('descriptors of unknown owners have a row, with the task if one is suspected', () => {
  const unattributed = [
    { descriptor: 40, link: '/app/data.db', task: null },
    { descriptor: 41, link: '/app/data.db-wal', task: null },
    { descriptor: 42, link: 'anon_inode:[eventfd]', task: 'convert' },
  ];
  const shown = lines([supervisor([], { unattributed })]);
  assert.equal(shown[0], 'plustwo (pid 4242, running): nothing open, 3 unattributed');
  assert.match(String(shown[2]), /^ +- {2}- +2 unattributed {2}- +data\.db, …$/);
  assert.match(String(shown[3]), /^ +- {2}convert {2}1 unattributed {2}- +anon_inode:\[eventfd\]$/);
});

test('the title says where a supervisor stands', () => {
  const titles = (more: Partial<SupervisorReading>, over = false): string =>
    String(lines([supervisor([], more)], { over })[0]).replace(/^.*, (.*)\):.*$/, '$1');
  assert.equal(titles({ state: 'draining' }), 'draining');
  assert.equal(titles({ answered: false }), 'does not answer');
  assert.equal(titles({ answered: false }, true), 'never closed');
  assert.equal(titles({ last: true }, true), 'closing');
});

test('nothing is wider than 80 columns, and the ends of paths and lines stay to be seen', () => {
  const long = '/data/写真/'.repeat(20);
  const odd = holding({
    task: 'a-task-with-a-very-long-name-indeed',
    path: `${long}\u001b]0;title\u0007IMG_0001.png`,
    openedAt: `${long}resize.ts:12:10`,
    resource: 'process',
    standing: 'retained',
  });
  const name = `a-supervisor-${'x'.repeat(100)}`;
  const shown = lines([supervisor([thread(1023, [odd, odd], { answered: false })], { name })]);
  for (const line of shown) assert.ok(widthOf(line) <= 80, `${widthOf(line)} columns: ${line}`);
  assert.ok(!shown.join('').includes('\u001b'));
  assert.match(String(shown[2]), /^ 1023\* {2}a-task-\S*… {2}2 child processes retained {2}/);
  assert.match(String(shown[2]), /….*\.ts:12:10 {2}….*_0001\.png, …$/);
});

test('colours mark leaks and nothing else depends on them', () => {
  const painted = lines([supervisor([thread(0, [...files(1), server])])], {
    paint: (format, text) => `<${String(format)}>${text}</>`,
  });
  const plain = lines([supervisor([thread(0, [...files(1), server])])]);
  assert.deepEqual(
    painted.map((line) => line.replace(/<[^>]*>/g, '')),
    plain,
  );
  assert.match(String(painted[2]), /^<yellow>.*leaked/);
  assert.doesNotMatch(String(painted[3]), /</);
});
