import { type Command, InvalidArgumentError } from 'commander';
import type { LogsOptions } from './commands/logs-options.js';
import { logsHelp } from './help-text.js';
import type { Host } from './host.js';
import { type Level, levels, type Wanted } from './logs/filter.js';
import { moment } from './logs/moment.js';
import { type Pattern, pattern } from './logs/pattern.js';
import { type TaskAddress, taskAddress } from './logs/task-address.js';
import { suggest } from './suggest.js';
import { UsageError } from './usage-error.js';

const standardDirectory = './logs';

/** What commander makes of the flags. */
interface Parsed {
  logDir?: string;
  task?: TaskAddress;
  name?: string;
  level?: Level;
  since?: number;
  until?: number;
  grep?: Pattern;
  follow?: boolean;
  json?: boolean;
  incidents?: boolean;
}

/** Adds `plustwo logs`. */
export function addLogsCommand(program: Command, host: Host, done: (exitCode: number) => void): void {
  const now = Date.now();
  const when = (given: string): number => moment(given, now);
  program
    .command('logs')
    .summary('search the logs of tasks, and tell the story of one')
    .description('Tells what the log files of a directory hold: of all tasks a line for each record, of one its story.')
    .argument('[directory]', `what --log-dir of the run was (default: ${standardDirectory})`)
    .option('--log-dir <directory>', 'the same, as the run has it')
    .optionsGroup('What:')
    .option('--task <id>', 'one task, as 17 or resize#17: its story', taskAddress)
    .option('--name <task>', 'tasks of this name', taskName)
    .option('--level <level>', 'at least this level: debug, info, warn, error', level)
    .option('--since <when>', 'not before: 30s, 15m, 2h or 7d ago, or a date (UTC)', when)
    .option('--until <when>', 'not after that', when)
    .option('--grep <text>', 'with this text, or matching /this/', pattern)
    .option('--incidents', 'only what is kept of failed tasks and anomalies')
    .optionsGroup('How:')
    .option('--follow', 'the last 10, or those since, then new ones as they come')
    .option('--json', 'records as they are, one per line')
    .helpOption('-h, --help', 'print this help')
    .addHelpText('after', logsHelp)
    .showHelpAfterError("See 'plustwo logs --help'.")
    .action(async (directory: string | undefined, flags: Parsed) => {
      const options = logsOptions(directory, flags);
      const { logs } = await import('./commands/logs.js');
      done(await logs(options, host));
    });
}

/** Throws a `UsageError` for what does not go together. */
function logsOptions(directory: string | undefined, parsed: Parsed): LogsOptions {
  const { logDir, follow = false, json = false, incidents = false, task, ...rest } = parsed;
  const wanted: Wanted = { ...rest, ...wantedTask(task, rest.name) };
  const next = "See 'plustwo logs --help'.";
  if (directory === '' || logDir === '') throw new UsageError('Expected a directory, got an empty name.', next);
  if (directory !== undefined && logDir !== undefined && directory !== logDir) {
    throw new UsageError(`Expected one directory, got '${directory}' and --log-dir '${logDir}'.`, next);
  }
  const { since = -Infinity, until } = wanted;
  if (follow && until !== undefined) throw new UsageError('--follow has no end, so it does not go with --until.', next);
  if (until !== undefined && until < since) throw new UsageError('--until is before --since.', next);
  return { directory: directory ?? logDir ?? standardDirectory, wanted, follow, json, incidents };
}

/** The task that is asked for. A name that was given with its id is one more condition. */
function wantedTask(task: TaskAddress | undefined, name: string | undefined): Wanted {
  if (task === undefined) return {};
  if (task.name === undefined) return { task: task.id };
  if (name === undefined || name === task.name) return { task: task.id, name: task.name };
  throw new UsageError(
    `Expected one name, got --task '${task.name}#${task.id}' and --name '${name}'.`,
    "See 'plustwo logs --help'.",
  );
}

function taskName(given: string): string {
  if (given !== '') return given;
  throw new InvalidArgumentError('Expected the name of a task, got an empty one.');
}

function level(given: string): Level {
  const names = Object.keys(levels) as Level[];
  const found = names.find((name) => name === given.toLowerCase());
  if (found) return found;
  const meant = suggest(given, names);
  throw new InvalidArgumentError(
    `Expected ${names.join(', ')}, got '${given}'.${meant === undefined ? '' : ` Did you mean ${meant}?`}`,
  );
}
