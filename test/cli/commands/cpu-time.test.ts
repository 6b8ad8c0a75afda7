import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import test from 'node:test';
import { cpuTimeMs } from '../../../cli/commands/cpu-time.js';

const idle = { cpuUsage: () => ({ user: 0, system: 0 }) };

test('what children used that have ended is counted', { skip: process.platform !== 'linux' }, () => {
  const before = cpuTimeMs(idle, true);
  // It ends by itself once it has used a fifth of a second, however long that takes.
  const busy = 'while (process.cpuUsage().user < 200_000);';
  assert.equal(spawnSync(process.execPath, ['-e', busy]).status, 0);
  const used = Number(cpuTimeMs(idle, true)) - Number(before);
  assert.ok(used >= 190, `${used} ms`);
});

test('what the process itself used is counted', () => {
  const before = Number(cpuTimeMs(idle, false));
  assert.equal(cpuTimeMs({ cpuUsage: () => ({ user: 1_500_000, system: 500_400 }) }, false), before + 2000);
});
