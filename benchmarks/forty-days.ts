/** Forty days of logs in a minute: what is written, what is still there at the end, and what must not be; see README.md. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { FORTY_DAYS, fatesOf } from './forty-days/days.js';
import { keptIn } from './forty-days/kept.js';
import { type FortyDaysOptions, readFortyDaysOptions, USAGE } from './forty-days/options.js';
import { type FortyDaysResult, renderFortyDays, wrongsOf } from './forty-days/report.js';
import { simulate } from './forty-days/simulate.js';
import { runProgram } from './harness/command-line.js';
import { describeCommit, describeMachine } from './harness/machine.js';

async function main({ json }: FortyDaysOptions): Promise<void> {
  const machine = describeMachine();
  const commit = describeCommit(fileURLToPath(new URL('../../', import.meta.url)));
  const date = new Date().toISOString();
  const shape = FORTY_DAYS;
  const dir = await mkdtemp(join(tmpdir(), 'plustwo-forty-days-'));
  try {
    const fates = fatesOf(shape);
    const start = performance.now();
    const simulated = await simulate(dir, shape, fates);
    const tookMs = performance.now() - start;
    const kept = keptIn(dir, shape, fates);
    const wrongs = wrongsOf({ simulated, kept, shape });
    const result: FortyDaysResult = { v: 1, date, commit, machine, tookMs, shape, simulated, kept, wrongs };
    process.stdout.write(renderFortyDays(result));
    if (json !== undefined) await writeFile(json, `${JSON.stringify(result, null, 1)}\n`);
    if (wrongs.length > 0) process.exitCode = 1;
  } finally {
    await rm(dir, { recursive: true });
  }
}

await runProgram({ name: 'forty-days', usage: USAGE, read: readFortyDaysOptions, main });
