import assert from 'node:assert/strict';
import test from 'node:test';
import type { Growth, LedgerRow, RunReport } from '../../../cli/commands/run-report.js';
import { type LedgerReport, ledgerText, verdictText } from '../../../cli/render/ledger.js';
import { noPaint } from '../../../cli/render/paint.js';
import { widthOf } from '../../../cli/render/width.js';

const layout = { columns: 80, cwd: '/app', paint: noPaint, mode: undefined };

function row(more: Partial<LedgerRow> = {}): LedgerRow {
  return {
    task: 'resize',
    taskId: 7,
    resource: 'file',
    descriptor: 30,
    path: '/app/photos/a.png',
    openedAt: '/app/src/resize.ts:12:10',
    count: 1,
    ...more,
  };
}

function growth(more: Partial<Growth> = {}): Growth {
  return {
    slot: 0,
    generation: 1,
    where: 'heap',
    task: 'resize',
    bytesPerTask: 20_480,
    retainedBytes: 20_480_000,
    tasks: 1000,
    ...more,
  };
}

function recycle(more: Partial<RunReport['recycles'][number]> = {}): RunReport['recycles'][number] {
  return {
    slot: 0,
    generation: 1,
    reason: 'descriptors',
    task: 'resize',
    figures: { heapGrowthBytes: null, descriptorsHeld: 64, tasks: 64, ageMs: 1000 },
    overlap: true,
    helped: true,
    at: '2026-01-01T00:00:00.000Z',
    ...more,
  };
}

const nothing: LedgerReport = { leaks: [], retained: [], growth: [], recycles: [] };
const text = (report: Partial<LedgerReport>, more: Partial<typeof layout> = {}): string =>
  ledgerText({ ...nothing, ...report }, { ...layout, ...more });
const close = 'Close them where they are opened, or declare them: shared() of plustwo/task.\n';

test('nothing is said when there is nothing', () => {
  assert.equal(text({}), '');
  assert.equal(ledgerText(nothing, { ...layout, mode: 'fail' }), '');
});

test('leaks are told by task and line, most first, and what to do about them', () => {
  const leaks = [
    row({ count: 1, resource: 'directory', task: 'scan', path: '/app/photos', openedAt: '/app/src/scan.ts:3:5' }),
    row({ count: 41 }),
  ];
  assert.equal(
    text({ leaks }),
    'leaked  41 files  resize  src/resize.ts:12:10  photos/a.png, …\n' +
      'leaked  1 directory  scan  src/scan.ts:3:5  photos\n' +
      close,
  );
});

test('a path for which a line has no room gets the next one, and keeps its end', () => {
  const path = `/data/${'long/'.repeat(30)}summer/IMG_0001.png`;
  const [first = '', second = ''] = text({ leaks: [row({ path, count: 1234 })] }).split('\n');
  assert.equal(first, 'leaked  1,234 files  resize  src/resize.ts:12:10');
  assert.match(second, /^ {8}….*\/summer\/IMG_0001\.png, …$/);
  assert.equal(second.length, 80);
});

test('nothing is wider than 80 columns, whatever tasks, files and lines are called', () => {
  const long = '写真'.repeat(60);
  const odd = {
    task: `resize${long}`,
    path: `/app/${long}\n\u001b[2J.png`,
    openedAt: `/app/${long}/a.ts:1:1`,
    count: 2,
  };
  const report: LedgerReport = {
    leaks: [row(odd)],
    retained: [row({ ...odd, resource: 'server' })],
    growth: [growth({ task: long })],
    recycles: [recycle({ task: long })],
  };
  const lines = text(report).split('\n');
  for (const line of lines) assert.ok(widthOf(line) <= 80, `${widthOf(line)} columns: ${line}`);
  assert.ok(!text(report).includes('\u001b'));
});

test('ten leaks are named, the others counted', () => {
  const leaks = Array.from({ length: 13 }, (_, index) =>
    row({ openedAt: `/app/src/a.ts:${index}:1`, count: 20 - index }),
  );
  const lines = text({ leaks }).split('\n');
  assert.equal(lines.filter((line) => line.startsWith('leaked  ')).length, 10);
  assert.equal(lines[10], '… and 27 more in 3 places; --json has all');
});

test('a line that was not noted is answered with how to see it', () => {
  const leaks = [row({ openedAt: null })];
  assert.equal(
    text({ leaks }),
    'leaked  1 file  resize  (line not noted)  photos/a.png\n' +
      'To see the line of every opening: plustwo run --leaks …\n',
  );
  assert.ok(ledgerText({ ...nothing, leaks }, { ...layout, mode: 'report' }).endsWith(close));
});

test('what is retained has a line each and no advice', () => {
  const retained = [
    row({ resource: 'server', path: '0.0.0.0:8080', openedAt: '/app/src/serve.ts:4:3', task: 'serve', count: 3 }),
    row({ resource: 'process', path: 'sleep', openedAt: null, task: 'spawn' }),
  ];
  assert.equal(
    text({ retained }),
    'retained  3 servers  serve  src/serve.ts:4:3\nretained  1 child process  spawn  sleep\n',
  );
});

test('growth of a task is one line, however many threads saw it', () => {
  const found = [growth(), growth({ slot: 1, tasks: 3000, bytesPerTask: 20_480, retainedBytes: 61_440_000 })];
  assert.equal(
    text({
      growth: [...found, growth({ task: null, where: 'external', bytesPerTask: 100, retainedBytes: 3_000_000 })],
    }),
    'grows  resize keeps 20.0 KB, 78.1 MB of heap after 4,000 tasks\n' +
      'grows  each task keeps 100 B, 2.9 MB outside the heap after 1,000 tasks\n',
  );
});

test('replaced threads are counted by reason and culprit, and those for whom it was in vain', () => {
  const recycles = [
    recycle(),
    recycle({ slot: 1, helped: false }),
    recycle({ slot: 1, helped: null }),
    recycle({ reason: 'heapGrowth' }),
    recycle({ reason: 'age', task: null, helped: null }),
  ];
  assert.equal(
    text({ recycles }),
    'recycled  3 threads: descriptors left open by resize, 1 of them in vain\n' +
      'recycled  1 thread: memory kept by resize\n' +
      'recycled  1 thread: old enough\n',
  );
  assert.equal(
    text({ recycles: Array.from({ length: 100 }, () => recycle()) }),
    'recycled  100 threads or more: descriptors left open by resize\n',
  );
});

test('advice comes last, behind everything it is about', () => {
  const lines = text({ leaks: [row()], retained: [row({ resource: 'server' })], recycles: [recycle()] })
    .trimEnd()
    .split('\n');
  assert.deepEqual(
    lines.map((line) => line.split(' ')[0]),
    ['leaked', 'retained', 'recycled', 'Close'],
  );
});

test('a run that leaks failed it says so, also when it is quiet', () => {
  const leaks = [row({ count: 41 }), row({ count: 1, resource: 'directory' })];
  const report = { ...nothing, leaks };
  assert.match(ledgerText(report, { ...layout, mode: 'fail' }), /^failed by --leaks fail: 42 leaks\n$/m);
  assert.equal(verdictText(report, 'fail'), 'plustwo: failed by --leaks fail: 42 leaks\n');
  assert.equal(verdictText(report, 'report'), '');
  assert.equal(verdictText(nothing, 'fail'), '');
});
