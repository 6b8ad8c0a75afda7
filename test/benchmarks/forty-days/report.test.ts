import assert from 'node:assert/strict';
import test from 'node:test';
import { compiled } from '../support/compiled.js';

const WEEK_MS = 7 * 86_400_000;
const SHAPE = { days: 40, tasksPerDay: 100, linesPerTask: 18, failures: 25, slow: 25 };
const SIMULATED = {
  lines: 72_000,
  bytes: { app: 5_000_000, incidents: 400_000, ungated: 23_000_000 },
  oldestMs: WEEK_MS,
  notices: [] as string[],
};
const INCIDENTS = { all: 50, whole: 50, others: 0, bytesOnDisk: 60_000 };

type Run = { simulated: typeof SIMULATED; kept: { incidents: typeof INCIDENTS }; shape: typeof SHAPE };

const { wrongsOf } = await compiled<{ wrongsOf: (run: Run) => string[] }>('forty-days/report.js');

const wrongs = (simulated: Partial<typeof SIMULATED> = {}, incidents: Partial<typeof INCIDENTS> = {}): string[] =>
  wrongsOf({
    simulated: { ...SIMULATED, ...simulated },
    kept: { incidents: { ...INCIDENTS, ...incidents } },
    shape: SHAPE,
  });

test('nothing is wrong where all goals are met', () => {
  assert.deepEqual(wrongs(), []);
});

test('each goal that is missed is said', () => {
  assert.deepEqual(wrongs({ lines: 71_999 }), ['71999 lines were told, not 72000']);
  assert.deepEqual(wrongs({ bytes: { ...SIMULATED.bytes, app: 7_000_000 } }), ['67.8 % fewer bytes, not 70 %']);
  assert.deepEqual(wrongs({ oldestMs: WEEK_MS + 7_200_000 }), ['a line of the app log was 7 days 2.0 h old']);
  assert.deepEqual(wrongs({}, { whole: 49 }), ['49 of 50 incidents are whole']);
  assert.deepEqual(wrongs({}, { others: 1 }), ['1 incidents with nothing behind them']);
  assert.deepEqual(wrongs({ notices: ['app: lost 3'] }), ['the files said app: lost 3']);
});

test('so are several', () => {
  assert.equal(wrongs({ lines: 0 }, { whole: 0, others: 102 }).length, 3);
});
