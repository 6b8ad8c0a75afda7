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
    logs: { dropped: 0, lost: 0 },
    processes: { died: 0, restarted: 0 },
    dependencies: {},
    config: null,
    exitCode: 0,
    ...more,
  };
}

const text = (more: Partial<RunReport>, columns = 1000): string =>
  summaryText(report(more), { columns, cwd: '/app', paint: noPaint });

test('a run without failures is one line', () => {
  assert.equal(text({}), '10 ok of 10 items  12.3 s  0.8/s  CPU 23.9 s  4 threads\n');
  assert.equal(text({ counts: { ...report({}).counts, ok: 0 }, done: 0, total: 0 }), 'no items, 12.3 s\n');
});

test('lines of logs that were dropped are counted behind the figures', () => {
  assert.match(
    text({ logs: { dropped: 123_579, lost: 0 } }),
    /^10 ok of 10 items .* 4 threads {2}123,579 log lines dropped\n$/,
  );
  assert.equal(text({ done: 0, total: 0, logs: { dropped: 1, lost: 0 } }), 'no items, 12.3 s  1 log line dropped\n');
  assert.match(text({ logs: { dropped: 2, lost: 1 } }), / 2 log lines dropped {2}1 log record lost\n$/);
});

test('CPU that the system does not tell is left out', () => {
  assert.equal(text({ cpuMs: null }), '10 ok of 10 items  12.3 s  0.8/s  4 threads\n');
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

test('dependencies that were called and not named come with what to do, each once', () => {
  const called = (dependency: string) =>
    failure('a', { error: { name: 'RangeError', message: 'no', code: 'PLUSTWO_BAD_OPTION', dependency } });
  const failures = [called('billing'), called('serach'), called('billing')];
  const dependencies = { search: { calls: 0, failures: 0, opened: 0 } };
  const lines = text({ counts: { ...report({}).counts, ok: 7, failed: 3 }, failures, dependencies }).split('\n');
  assert.deepEqual(lines.slice(3, -2), [
    'ctx.call knows no billing. To name it: --dependency billing',
    'ctx.call knows no serach. Did you mean search?',
  ]);
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

test('the last that a process printed stands under the item that brought it down', () => {
  const error = {
    name: 'ThreadLostError',
    message: 'The thread was lost: the task ended 2 processes, the last one with SIGSEGV',
    code: 'PLUSTWO_THREAD_LOST',
    output: `one\ntwo\n\nthree \u001b[2J\nfour\nfive\n${'six'.repeat(50)}\n`,
  };
  const failures = [failure('bad.bin', { status: 'lost', attempts: 2, error }), failure('b.ts')];
  const counts = { ok: 8, failed: 1, cancelled: 0, 'timed-out': 0, lost: 1 };
  const lines = text({ counts, failures, processes: { died: 2, restarted: 2 } }, 90).split('\n');
  assert.deepEqual(lines.slice(0, -2), [
    'lost  bad.bin  the task ended 2 processes, the last one with SIGSEGV (2 attempts)',
    '        | two',
    '        | three \\x1b[2J',
    '        | four',
    '        | five',
    `        | ${'six'.repeat(50).slice(0, 79)}…`,
    'failed  b.ts  Error: no such file',
    '2 child processes died and were restarted',
  ]);
  assert.match(String(lines.at(-2)), /^8 ok, 1 failed, 1 lost of 10 items/);
});

test('processes that died are counted, and said not to be restarted where they are not', () => {
  assert.match(text({ processes: { died: 1, restarted: 1 } }), /^1 child process died and was restarted$/m);
  assert.match(text({ processes: { died: 6, restarted: 5 } }), /^6 child processes died, 5 of them restarted$/m);
});

test('a dependency that was called is told with its failures and how often it was down', () => {
  const dependencies = {
    billing: { calls: 10_000, failures: 412, opened: 3 },
    mail: { calls: 20, failures: 12, opened: 1 },
    search: { calls: 1, failures: 0, opened: 0 },
    unused: { calls: 0, failures: 0, opened: 0 },
  };
  assert.deepEqual(text({ dependencies }).split('\n').slice(0, -2), [
    'billing: 10,000 calls, 412 failed, down 3 times',
    'mail: 20 calls, 12 failed, down once',
    'search: 1 call',
  ]);
});

test('the config file that was read is named', () => {
  assert.match(text({ config: '/app/plustwo.config.mjs' }), /^options from plustwo\.config\.mjs\n10 ok/);
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
