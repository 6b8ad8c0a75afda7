/** What is wrong with a command line. */
export class UsageError extends Error {}

/** A program of the benchmarks. */
interface Program<Options> {
  /** As npm knows it. */
  readonly name: string;
  /** The text of its help, which begins with the command. */
  readonly usage: string;
  readonly read: (argv: readonly string[]) => Options;
  readonly main: (options: Options) => Promise<void>;
}

/** Runs a program, or prints its help. What is wrong with its command line is told in one line, with exit code 2. */
export async function runProgram<Options extends { readonly help: boolean }>(program: Program<Options>): Promise<void> {
  const { name, usage, read, main } = program;
  try {
    const options = read(process.argv.slice(2));
    if (options.help) process.stdout.write(usage);
    else await main(options);
  } catch (error) {
    if (!isUsageError(error)) throw error;
    const [message = ''] = error.message.split('\n');
    const [command = ''] = usage.split(' [options]');
    process.stderr.write(`${name}: ${message.replace(/\.$/, '')}; see ${command} --help\n`);
    process.exitCode = 2;
  }
}

/** Ours, or one of `parseArgs`. */
function isUsageError(error: unknown): error is Error {
  if (error instanceof UsageError) return true;
  return error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS_');
}
