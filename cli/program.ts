import { readFileSync } from 'node:fs';
import { Command, CommanderError } from 'commander';
import { hasCode } from './commands/has-code.js';
import { exitCodes } from './exit-codes.js';
import type { Host } from './host.js';
import { addInspectCommand } from './inspect-command.js';
import { withLeaksMode } from './leaks-flag.js';
import { addLogsCommand } from './logs-command.js';
import { addRunCommand } from './run-command.js';
import { sentence } from './sentence.js';
import { suggest } from './suggest.js';
import { UsageError } from './usage-error.js';

/** Reads the command line, does what it says and answers with the exit code. Throws only for faults of our own. */
export async function runCommandLine(args: readonly string[], host: Host): Promise<number> {
  let exitCode: number = exitCodes.ok;
  const program = createProgram(host, (code) => {
    exitCode = code;
  });
  try {
    await program.parseAsync(withLeaksMode(args), { from: 'user' });
  } catch (error) {
    if (error instanceof CommanderError) {
      if (isMisplaced(error, args, program)) host.stderr.write('Options of a command stand behind it.\n');
      return error.exitCode === 0 ? exitCodes.ok : exitCodes.usage;
    }
    const usage = usageErrorOf(error);
    host.stderr.write(`plustwo: ${usage.message}\n${usage.next === undefined ? '' : `${usage.next}\n`}`);
    return exitCodes.usage;
  }
  return exitCode;
}

/** Whether an option that nobody knows stands before a command. */
function isMisplaced({ code }: CommanderError, [first = '', ...rest]: readonly string[], program: Command): boolean {
  if (code !== 'commander.unknownOption' || !first.startsWith('-')) return false;
  return program.commands.some((command) => rest.includes(command.name()));
}

/** What the runtime refuses of a flag's value is a usage error as well: it knows limits that the flags do not repeat. */
function usageErrorOf(error: unknown): UsageError {
  if (error instanceof UsageError) return error;
  if (hasCode(error, 'PLUSTWO_BAD_OPTION')) {
    // The one option whose flag has another name.
    return new UsageError(sentence(error.message.replace('`logs.dir`', '--log-dir')), "See 'plustwo run --help'.");
  }
  throw error;
}

/** The tree of commands. `done` is told the exit code of the one that ran. */
function createProgram(host: Host, done: (exitCode: number) => void): Command {
  const program = new Command('plustwo')
    .description('Runs functions over many inputs on all cores.')
    .version(version(), '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print help')
    .helpCommand(false)
    // Needed by a command that leaves options behind its argument alone.
    .enablePositionalOptions()
    .exitOverride()
    .showSuggestionAfterError()
    .configureOutput({
      writeOut: (text) => {
        writeHelp(text, host);
      },
      writeErr: (text) => host.stderr.write(text),
      outputError: (text, write) => {
        write(text.replace(/^error: /, 'plustwo: '));
      },
    });
  addRunCommand(program, host, done);
  addInspectCommand(program, host, done);
  addLogsCommand(program, host, done);
  addHelpCommand(program);
  return program;
}

/** Commander's own answers a command that it does not know with the general help. */
function addHelpCommand(program: Command): void {
  program
    .command('help')
    .description('print the help of a command')
    .argument('[command]')
    .action((name: string | undefined) => {
      const asked = name === undefined ? program : program.commands.find((command) => command.name() === name);
      if (asked !== undefined) asked.help();
      const names = program.commands.map((command) => command.name());
      const meant = suggest(String(name), names);
      throw new UsageError(
        `unknown command '${String(name)}'.`,
        meant === undefined ? `Known are ${names.join(', ')}.` : `Did you mean ${meant}?`,
      );
    });
}

/** Help and the version have no `Output` behind them that would find out when stdout breaks. */
function writeHelp(text: string, { stdout, stderr, exit }: Host): void {
  stdout.once('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') stderr.write(`plustwo: Cannot write to stdout: ${error.message}.\n`);
    exit(error.code === 'EPIPE' ? exitCodes.brokenPipe : exitCodes.no);
  });
  stdout.write(text);
}

function version(): string {
  const file = new URL('../../package.json', import.meta.url);
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}
