// The simulation itself, whole: it takes a few seconds.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { scratch } from '../cli/support/scratch.js';
import { root, runNode } from '../docs/support/run-program.js';

interface Found {
  readonly simulated: {
    readonly lines: number;
    readonly bytes: { readonly app: number; readonly incidents: number; readonly ungated: number };
    readonly oldestMs: number;
    readonly notices: readonly string[];
  };
  readonly kept: {
    readonly app: { readonly from: string; readonly to: string };
    readonly incidents: { readonly all: number; readonly whole: number; readonly others: number };
  };
  readonly wrongs: readonly string[];
}

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
const directory = scratch('forty-days');
const program = join(root, 'dist/benchmarks/forty-days.js');

test('forty days: the last week is there, every incident is whole, and none has nothing behind it', {
  timeout: 300_000,
}, async () => {
  const json = join(directory, 'result.json');
  const { code, stdout, stderr } = await runNode(program, ['--json', json]);
  assert.equal(code, 0, `${stdout}\n${stderr}`);
  assert.match(stdout, /All goals are met\./);
  const { simulated, kept, wrongs } = JSON.parse(readFileSync(json, 'utf8')) as Found;
  assert.deepEqual(wrongs, []);
  assert.deepEqual(simulated.notices, []);
  assert.equal(simulated.lines, 72_000);
  const { all, whole, others } = kept.incidents;
  assert.deepEqual({ all, whole, others }, { all: 50, whole: 50, others: 0 });
  const { app, incidents, ungated } = simulated.bytes;
  assert.ok(app + incidents <= 0.3 * ungated, `${app + incidents} of ${ungated} bytes`);
  assert.ok(simulated.oldestMs <= 7 * DAY_MS + HOUR_MS);
  assert.ok(Date.parse(kept.app.to) - Date.parse(kept.app.from) <= 7 * DAY_MS + HOUR_MS);
});

test('a wrong option is answered in one line, before anything begins', async () => {
  const { code, stderr } = await runNode(program, ['--days', '10']);
  assert.equal(code, 2);
  assert.match(stderr, /^forty-days: Unknown option '--days'.*; see /m);
});
