import { type Command, Option } from 'commander';
import type { RunFlags } from './commands/run-flags.js';
import { dependency, retryBudget, uses } from './dependency-flags.js';
import { runHelp } from './help-text.js';
import type { Host } from './host.js';
import { type Format, formats } from './inputs/format.js';
import { leaksMode } from './leaks-flag.js';
import { count, duration, json, limit, MOST_THREADS } from './option-values.js';

type Switch = 'plain' | 'json' | 'quiet';

/** What commander makes of the flags: a switch that is not given is absent. */
interface Parsed
  extends Omit<RunFlags, Switch | 'module' | 'inputs' | 'dependencies'>,
    Partial<Pick<RunFlags, Switch>> {
  in?: string;
  format: Format | 'auto';
  null?: boolean;
  dependency?: ReadonlyMap<string, number | undefined>;
}

/** Adds `plustwo run`. What runs it is loaded when it is run: `--help` needs none of it. */
export function addRunCommand(program: Command, host: Host, done: (exitCode: number) => void): void {
  const command = program
    .command('run')
    .summary('run a function over many inputs')
    .description('Runs an exported function over many inputs, in as many threads as there are cores plus two.')
    .argument('<module[#export]>', 'file of the function, and its name unless it is the default export')
    .argument('[inputs...]', 'globs in quotes, or inputs passed on as they are written');
  addInputFlags(command);
  addRunningFlags(command);
  addFailureFlags(command);
  addResultFlags(command);
  command
    .helpOption('-h, --help', 'print this help')
    .addHelpText('after', runHelp)
    .showHelpAfterError("See 'plustwo run --help'.")
    .action(async (module: string, inputs: string[], flags: Parsed) => {
      const { run } = await import('./commands/run.js');
      done(await run(runFlags(module, inputs, flags), host));
    });
}

function addInputFlags(command: Command): void {
  command
    .optionsGroup('Inputs:')
    .option('--in <file>', 'read inputs from a file, or from stdin if it is -')
    .addOption(new Option('--format <format>', 'how --in is written').choices(['auto', ...formats]).default('auto'))
    .option('-0, --null', 'lines of --in end with NUL, as find -print0 writes them');
}

function addRunningFlags(command: Command): void {
  command
    .optionsGroup('Running:')
    .option('--threads <n>', 'threads (default: cores + 2)', count(1, MOST_THREADS))
    .addOption(new Option('--kind <kind>', 'cpu: one item at a time in each thread; io: many').choices(['cpu', 'io']))
    .option('--args <json>', 'ctx.args of every item', json)
    .option('--concurrency <n>', 'at most so many items between input and result', count(1))
    .option('--limit <n>', 'at most so many items running at once', count(1))
    .option('--timeout <duration>', 'the longest an attempt may run: 500ms, 30s, 5m', limit)
    .option('--grace <duration>', 'how long it may take to end after that (default: 1s)', duration)
    .option('--config <file>', 'the config file, instead of the nearest one')
    .option('--no-config', 'no config file');
}

function addFailureFlags(command: Command): void {
  command
    .optionsGroup('Failures:')
    .addOption(
      new Option('--isolation <where>', 'threads of a child process, or of this one\n(default: process)').choices([
        'process',
        'thread',
      ]),
    )
    // Takes back what a config file says.
    .addOption(new Option('--rerun').hideHelp())
    .option('--no-rerun', 'an item whose process died does not run again')
    .option('--retries <n>', 'further attempts of an item that fails', count(0))
    .option('--retry-budget <share>', 'retries per call, 0 to 1, or off (default: 0.2)', retryBudget)
    .optionsGroup('Dependencies:')
    .option('--dependency <name[=n]>', 'what may be down; n items may use it at once', dependency)
    .option('--uses <name[,name]>', 'dependencies that every item uses', uses)
    .addOption(
      new Option('--when-open <what>', 'what becomes of items while one is down\n(default: wait)').choices([
        'wait',
        'reject',
      ]),
    );
}

function addResultFlags(command: Command): void {
  command
    .optionsGroup('Results:')
    .option('--keep-order', 'results in the order of the inputs')
    // Takes back what a config file says.
    .addOption(new Option('--no-keep-order').hideHelp())
    .option('-o, --output <file>', 'write results to a file instead of stdout')
    .option('--plain', 'values only: text as it is, others as JSON')
    .optionsGroup('Messages:')
    .option(
      '--leaks [mode]',
      'report: note the line of all that is opened;\nfail: also fail if anything leaks; off: do not look',
      leaksMode,
    )
    .option('--log-dir <dir>', "log files of the run; 'plustwo logs <dir>' reads them")
    .option('--json', 'the summary as one JSON object')
    .option('--quiet', 'no progress, no logs, no summary')
    .option('--no-progress', 'no progress');
}

function runFlags(module: string, inputs: string[], parsed: Parsed): RunFlags {
  const { in: file, format, null: nullSeparated = false, dependency: dependencies, ...rest } = parsed;
  return {
    plain: false,
    json: false,
    quiet: false,
    ...rest,
    ...(dependencies === undefined ? {} : { dependencies }),
    module,
    inputs: { arguments: inputs, in: file, format, null: nullSeparated },
  };
}
