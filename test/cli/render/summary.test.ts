import assert from 'node:assert/strict';
import test from 'node:test';
import type { Failure, RunReport } from '../../../cli/commands/run-report.js';
import type { Paint } from '../../../cli/render/paint.js';
import { brokenOffText, summaryJson, summaryText } from '../../../cli/render/summary.js';

const noPaint: Paint = (_format, text) => text;

function failure(label: string, more: Partial<Failure> = {}): Failure {
  const error = { name: 'Error', message: 'no such file', code: undefined };
  return { index: 0, key: label, label, status: 'failed', attempts: 1, error, ...more };
}

function report(more: Partial<RunReport>): RunReport {
  return {
    v: 1,
    ending: { by: 'inputs-done' },
    counts: { ok: 10, failed: 0, cancelled: 0, 'timed-out': 0, lost: 0 },
    done: 10,
    total: 10,
    wallMs: 12_345,
    cpuMs: 23_900,
    itemsPerSecond: 0.81,
    threads: 4,
    failures: [],
    leaks: [],
    retained: [],
    unattributed: [],
    growth: [],
    recycles: [],
    exitCode: 0,
    ...more,
  };
}

const text = (more: Partial<RunReport>, columns = 1000): string => summaryText(report(more), columns, noPaint);

test('a run without failures is one line', () => {
  assert.equal(text({}), '10 ok of 10 items  12.3 s  0.8/s  CPU 23.9 s  4 threads\n');
  assert.equal(text({ counts: { ...report({}).counts, ok: 0 }, done: 0, total: 0 }), 'no items, 12.3 s\n');
});

test('failures are named before the figures, by status, input and error', () => {
  const failures = [
    failure('b.ts'),
    failure('c.ts', {
      status: 'timed-out',
      attempts: 3,
      error: { name: 'TimedOutError', message: 'too slow\nreally', code: 'PLUSTWO_TIMED_OUT' },
    }),
  ];
  const counts = { ok: 8, failed: 1, cancelled: 0, 'timed-out': 1, lost: 0 };
  assert.equal(
    text({ counts, failures }),
    'failed  b.ts  Error: no such file\n' +
      'timed-out  c.ts  TimedOutError: too slow [PLUSTWO_TIMED_OUT] (3 attempts)\n' +
      '8 ok, 1 failed, 1 timed-out of 10 items  12.3 s  0.8/s  CPU 23.9 s  4 threads\n',
  );
});

test('a code that the message names is not told twice', () => {
  const error = { name: 'Error', message: 'ENOENT: no such file', code: 'ENOENT' };
  assert.match(
    text({ counts: { ...report({}).counts, ok: 9, failed: 1 }, failures: [failure('a', { error })] }),
    /file$/m,
  );
});

test('ten failures are named, the others are counted', () => {
  const failures = Array.from({ length: 100 }, (_, index) => failure(`f${index}`));
  const lines = text({
    counts: { ok: 0, failed: 1234, cancelled: 0, 'timed-out': 0, lost: 0 },
    done: 1234,
    failures,
  }).split('\n');
  assert.equal(lines.filter((line) => line.startsWith('failed  ')).length, 10);
  assert.equal(lines[10], '… and 1,224 more');
});

test('a failure takes one line of the terminal, whatever its input and its error hold', () => {
  const error = { name: 'Error', message: 'x'.repeat(500), code: undefined };
  const [line = ''] = text({ done: 11, failures: [failure(`a\u001b[2J\n${'b'.repeat(300)}`, { error })] }, 100).split(
    '\n',
  );
  assert.ok(line.startsWith('failed  a\\x1b[2J\\nbbb'), line);
  assert.ok(line.length <= 100, `${line.length} characters`);
});

test('a run that a signal stopped tells what is left, if that is known', () => {
  const ending = { by: 'signal', signal: 'SIGINT' } as const;
  assert.match(text({ ending, total: 1500 }), /^stopped by SIGINT: 1,490 items not run$/m);
  assert.match(text({ ending, total: null }), /^stopped by SIGINT: inputs are left$/m);
});

test('a run that broke off tells why, also when it is quiet', () => {
  const ending = { by: 'input', message: 'in.ndjson:3: not JSON' } as const;
  assert.match(text({ ending }), /^stopped: in\.ndjson:3: not JSON$/m);
  assert.equal(brokenOffText(report({ ending })), 'plustwo: stopped: in.ndjson:3: not JSON\n');
  assert.equal(brokenOffText(report({})), '');
});

test('for programs, the report is one line of JSON', () => {
  const line = summaryJson(report({ failures: [failure('b.ts')] }));
  assert.equal(line.indexOf('\n'), line.length - 1);
  assert.deepEqual(JSON.parse(line), JSON.parse(JSON.stringify(report({ failures: [failure('b.ts')] }))));
});
