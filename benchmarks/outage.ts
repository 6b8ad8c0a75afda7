/** The outage drill: what reaches a dependency that is down, with circuits and budgets and without; see docs/outage.md. */
import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { runProgram } from './harness/command-line.js';
import { describeCommit, describeMachine, installedVersion } from './harness/machine.js';
import { drill } from './outage/drill.js';
import { type Options, readOptions, USAGE } from './outage/options.js';
import { renderDrill } from './outage/report.js';
import type { DrillResult } from './outage/result.js';
import { type Tally, tally } from './outage/tally.js';
import type { Drilled } from './outage/terms.js';

async function main({ terms, quick, drilled, json }: Options): Promise<void> {
  const machine = describeMachine();
  const tallies: Partial<Record<Drilled, Tally>> = {};
  for (const name of drilled) {
    process.stderr.write(`${name}: ${String(terms.before + terms.outage + terms.after)} s and what comes after\n`);
    const { served, settled } = await drill(name, terms);
    const found = tally(served, settled);
    checkBooks(name, found, terms.tasks);
    tallies[name] = found;
  }
  const result: DrillResult = {
    v: 1,
    date: new Date().toISOString(),
    commit: describeCommit(fileURLToPath(new URL('../../', import.meta.url))),
    machine,
    versions: Object.fromEntries(['piscina', 'p-retry'].map((name) => [name, installedVersion(name)])),
    terms,
    quick,
    tallies,
  };
  process.stdout.write(renderDrill(result));
  if (json !== undefined) await writeFile(json, `${JSON.stringify(result, null, 1)}\n`);
}

/** A contender that loses tasks, or claims more than it sent, is not worth a table. */
function checkBooks(name: Drilled, { ok, failed }: Tally, tasks: number): void {
  const settled = Object.values(failed).reduce((sum, count) => sum + count, ok);
  if (settled !== tasks) throw new Error(`${name} settled ${String(settled)} tasks of ${String(tasks)}`);
}

await runProgram({ name: 'drill', usage: USAGE, read: readOptions, main });
