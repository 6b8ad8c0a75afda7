/** Runs tasks of which a share, chosen by a seed, does the worst it can, and looks from outside whether everything held; see README.md. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { type ChaosOptions, readChaosOptions, USAGE } from './chaos/options.js';
import { type ChaosResult, renderChaos, type ScenarioResult } from './chaos/report.js';
import type { Found } from './chaos/run-scenario.js';
import { nameOf, type Scenario, scenariosOf } from './chaos/scenario.js';
import { runProgram } from './harness/command-line.js';
import { describeCommit, describeMachine } from './harness/machine.js';

const RUN = fileURLToPath(new URL('./chaos/run-scenario.js', import.meta.url));
const ROOT = fileURLToPath(new URL('../../', import.meta.url));
/** A process whose work is done, and which does not end by itself, is kept by something that was not let go. */
const EXIT_MS = 10_000;

async function main(options: ChaosOptions): Promise<void> {
  const { seed, threads, quick, json } = options;
  const machine = describeMachine();
  // At once: a run that goes down is the one that is to be repeated.
  process.stderr.write(`seed ${String(seed)}\n`);
  const scenarios: ScenarioResult[] = [];
  for (const scenario of scenariosOf(options)) scenarios.push(await inProcess(scenario));
  const commit = describeCommit(ROOT);
  const date = new Date().toISOString();
  const result: ChaosResult = { v: 1, date, commit, machine, seed, threads, quick, scenarios };
  process.stdout.write(renderChaos(result));
  if (json !== undefined) await writeFile(json, `${JSON.stringify(result, null, 1)}\n`);
  if (scenarios.some(({ wrongs }) => wrongs.length > 0)) process.exitCode = 1;
}

async function inProcess(scenario: Scenario): Promise<ScenarioResult> {
  process.stderr.write(`${nameOf(scenario)}: ${String(scenario.tasks)} tasks\n`);
  const child = fork(RUN, [JSON.stringify(scenario)], { execArgv: [] });
  let found: Found | undefined;
  let ending: NodeJS.Timeout | undefined;
  child.once('message', (message) => {
    found = message as Found;
    ending = setTimeout(() => child.kill('SIGKILL'), EXIT_MS);
  });
  const [code, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null];
  clearTimeout(ending);
  const wrongs = [...(found?.wrongs ?? [])];
  if (found !== undefined && signal === 'SIGKILL') wrongs.push('its process did not end when everything was closed');
  else if (code !== 0) wrongs.push(`its process ended with ${String(code ?? signal)}`);
  return { scenario, found, wrongs };
}

await runProgram({ name: 'chaos', usage: USAGE, read: readChaosOptions, main });
