import assert from 'node:assert/strict';
import test from 'node:test';
import { tableOf } from '../../docs/support/markdown.js';
import { compiled } from '../support/compiled.js';

const { renderDrill } = await compiled<{ renderDrill: (result: object) => string }>('outage/report.js');

const ours = {
  calls: { before: 2_000, outage: 700, after: 7_000 },
  closed: { calls: 2_690, first: 2_340 },
  failing: { calls: 690, first: 340 },
  breaks: [6, 1, 1],
  mostAtOnce: 20,
  ok: 9_700,
  failed: { Error: 200, PLUSTWO_RETRY_BUDGET: 100 },
  failedLater: 0,
  settledAfter: 12.34,
  seconds: [[100, 0]],
};

const byHand = {
  ...ours,
  calls: { before: 2_000, outage: 17_500, after: 2_500 },
  breaks: [],
  mostAtOnce: 4,
  ok: 4_000,
  failed: { Error: 6_000 },
};

const result = {
  v: 1,
  date: '2026-11-21T18:00:00.000Z',
  commit: { short: 'abc1234', dirty: false },
  machine: { cpu: 'A processor', cores: 2, kernel: 'Linux 6', node: 'v20.20.2', load: 0, memoryGb: 1, versions: {} },
  versions: { piscina: '5.3.2', 'p-retry': '7.1.1' },
  terms: { tasks: 10_000, before: 20, outage: 60, after: 20, concurrency: 20, threads: 4, isolation: 'thread' },
  quick: false,
  tallies: { 'plustwo, uses': ours, 'Piscina + p-retry': byHand },
};

test('the report says under which terms, on which machine, and what each contender came to', () => {
  const page = renderDrill(result);
  const [terms, table = '', machine] = page.split('\n\n');
  assert.match(terms ?? '', /^10,000 tasks .* serves for 20 s,\nfails for 60 s/);
  assert.equal(
    machine,
    '2026-11-21, commit abc1234. A processor, 2 cores, Linux 6, Node v20.20.2; piscina 5.3.2, p-retry 7.1.1.',
  );
  const rows = new Map(table.split('\n').map((line) => [line.split(' | ')[0], line.split(' | ').slice(1).join(' | ')]));
  assert.equal(rows.get('| **calls during the outage**'), '**700** | **17,500** |');
  assert.equal(
    rows.get('| calls per call without retries, until the circuit opened'),
    '1.15 (2,690 / 2,340) | 1.15 (2,690 / 2,340) |',
  );
  assert.equal(rows.get('| failed calls in each break'), '6, 1, 1 | no circuit |');
  assert.equal(rows.get('| tasks failed'), '300: 200 `Error`, 100 `PLUSTWO_RETRY_BUDGET` | 6,000: 6,000 `Error` |');
});

test('the factor is what came by hand divided by what came of ours', () => {
  assert.match(renderDrill(result), /divided by \| 25\.0 \| 1\.0 \|/);
  const alone = renderDrill({ ...result, tallies: { 'plustwo, uses': ours } });
  assert.match(alone, /divided by \| - \|/);
});

const verdicts = (given: object): (string | undefined)[] => tableOf(renderDrill(given), 'goal').map((row) => row[3]);

test('goals are judged for ours only, and say no where one is missed', () => {
  assert.deepEqual(verdicts(result), ['yes', 'yes', 'yes', 'yes']);
  const missed = {
    ...ours,
    closed: { calls: 2_900, first: 2_340 },
    breaks: [6, 6],
    mostAtOnce: 21,
    failedLater: 3,
  };
  assert.deepEqual(verdicts({ ...result, tallies: { 'plustwo, uses': missed } }), ['no', 'no', 'no', 'no']);
});

test('a circuit that never opened has missed its goal', () => {
  const never = { ...result, tallies: { 'plustwo, uses': { ...ours, breaks: [] } } };
  assert.deepEqual(verdicts(never), ['yes', 'no', 'yes', 'yes']);
});

test('a quick drill has no verdict', () => {
  assert.deepEqual(verdicts({ ...result, quick: true }), ['-', '-', '-', '-']);
});
