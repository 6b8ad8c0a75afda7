import { type Command, Option } from 'commander';
import type { RunOptions } from './commands/run-options.js';
import { runHelp } from './help-text.js';
import type { Host } from './host.js';
import { type Format, formats } from './inputs/format.js';
import { leaksMode } from './leaks-flag.js';
import { count, duration, json, limit } from './option-values.js';

type Switch = 'keepOrder' | 'plain' | 'json' | 'quiet';

/** What commander makes of the flags: a switch that is not given is absent. */
interface RunFlags extends Omit<RunOptions, Switch | 'module' | 'inputs'>, Partial<Pick<RunOptions, Switch>> {
  in?: string;
  format: Format | 'auto';
  null?: boolean;
}

/** Adds `plustwo run`. What runs it is loaded when it is run: `--help` needs none of it. */
export function addRunCommand(program: Command, host: Host, done: (exitCode: number) => void): void {
  const command = program
    .command('run')
    .summary('run a function over many inputs')
    .description('Runs an exported function over many inputs, in as many threads as there are cores plus two.')
    .argument('<module[#export]>', 'file of the function, and its name unless it is the default export')
    .argument('[inputs...]', 'globs in quotes, or inputs passed on as they are written');
  addFlags(command);
  command
    .addHelpText('after', runHelp)
    .showHelpAfterError("See 'plustwo run --help'.")
    .action(async (module: string, inputs: string[], flags: RunFlags) => {
      const { run } = await import('./commands/run.js');
      done(await run(runOptions(module, inputs, flags), host));
    });
}

function addFlags(command: Command): void {
  command
    .optionsGroup('Inputs:')
    .option('--in <file>', 'read inputs from a file, or from stdin if it is -')
    .addOption(new Option('--format <format>', 'how --in is written').choices(['auto', ...formats]).default('auto'))
    .option('-0, --null', 'lines of --in end with NUL, as find -print0 writes them')
    .optionsGroup('Running:')
    .option('--threads <n>', 'threads (default: cores + 2)', count(1))
    .addOption(new Option('--kind <kind>', 'cpu: one item at a time in each thread; io: many').choices(['cpu', 'io']))
    .option('--args <json>', 'ctx.args of every item', json)
    .option('--concurrency <n>', 'at most so many items between input and result', count(1))
    .option('--timeout <duration>', 'the longest an attempt may run: 500ms, 30s, 5m', limit)
    .option('--grace <duration>', 'how long it may take to end after that (default: 1s)', duration)
    .option('--retries <n>', 'further attempts of an item that fails', count(0))
    .optionsGroup('Results:')
    .option('--keep-order', 'results in the order of the inputs')
    .option('-o, --output <file>', 'write results to a file instead of stdout')
    .option('--plain', 'values only: text as it is, others as JSON')
    .optionsGroup('Messages:')
    .option(
      '--leaks [mode]',
      'report: note the line of all that is opened;\nfail: also fail if anything leaks; off: do not look',
      leaksMode,
    )
    .option('--json', 'the summary as one JSON object')
    .option('--quiet', 'no progress, no logs, no summary')
    .option('--no-progress', 'no progress')
    .helpOption('-h, --help', 'print this help');
}

function runOptions(module: string, inputs: string[], flags: RunFlags): RunOptions {
  const { in: file, format, null: nullSeparated = false, ...rest } = flags;
  return {
    keepOrder: false,
    plain: false,
    json: false,
    quiet: false,
    ...rest,
    module,
    inputs: { arguments: inputs, in: file, format, null: nullSeparated },
  };
}
