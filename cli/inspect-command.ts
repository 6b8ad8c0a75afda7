import type { Command } from 'commander';
import { inspectHelp } from './help-text.js';
import type { Host } from './host.js';
import { limit, milliseconds } from './option-values.js';
import { UsageError } from './usage-error.js';

/** What commander makes of the flags. */
interface InspectFlags {
  interval: string;
  json?: boolean;
  output?: string;
  live: boolean;
}

/** Adds `plustwo inspect`. */
export function addInspectCommand(program: Command, host: Host, done: (exitCode: number) => void): void {
  program
    .command('inspect')
    .summary('run a command and show what its supervisors have open')
    .description('Runs a command and shows, by thread, task and line, what every supervisor in it has open.')
    .usage('[options] -- <command...>')
    .argument('<command...>', 'a program and its arguments')
    .option('--interval <duration>', 'from one reading to the next: 200ms, 5s', limit, '1s')
    .option('--json', 'each reading as a line of JSON')
    .option('-o, --output <file>', 'write the readings, or the table, to a file instead of stderr')
    .option('--no-live', 'no table on the terminal while the command runs')
    .helpOption('-h, --help', 'print this help')
    // What comes behind the program's name is the program's.
    .passThroughOptions()
    .addHelpText('after', inspectHelp)
    .showHelpAfterError("See 'plustwo inspect --help'.")
    .action(async ([program, ...args]: string[], flags: InspectFlags) => {
      if (program === undefined) throw new UsageError('There is no command to run.');
      const { interval, json = false, ...rest } = flags;
      const { inspect } = await import('./commands/inspect.js');
      done(await inspect({ ...rest, json, intervalMs: milliseconds(interval), command: [program, ...args] }, host));
    });
}
