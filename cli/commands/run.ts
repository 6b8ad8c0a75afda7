import { readConfig } from '../config/read-config.js';
import type { Host } from '../host.js';
import { checkInputs } from '../inputs/check-inputs.js';
import { Screen } from '../render/screen.js';
import type { RunFlags } from './run-flags.js';
import { settleOptions } from './settle-options.js';
import { start } from './start.js';

/**
 * `plustwo run`: runs a handler over inputs, prints the summary on stderr, answers with the exit code. Throws a
 * `UsageError` for what keeps the first item from running.
 *
 * The order is that of a short run's critical path. A thread takes about as long to come up as the rest of the
 * command takes to load, so the threads are started first and the rest is loaded while they come up.
 */
export async function run(flags: RunFlags, host: Host): Promise<number> {
  checkInputs(flags.inputs);
  const options = settleOptions(flags, await readConfig(flags.config, host.cwd()));
  const screen = new Screen(host.stderr);
  const started = await start(options, screen.print);
  const [{ perform }, { printReport }] = await Promise.all([import('./perform.js'), import('./print-report.js')]);
  const report = await perform({ options, host, screen, started });
  printReport(report, options, host);
  return report.exitCode;
}
