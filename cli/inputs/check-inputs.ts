import { UsageError } from '../usage-error.js';
import type { InputOptions } from './input-options.js';

/** Refuses what contradicts itself, before any thread is started for it. */
export function checkInputs(options: InputOptions): void {
  if (options.in === undefined) checkWithoutIn(options);
  else checkWithIn(options, options.in);
}

function checkWithoutIn({ arguments: args, format, null: nullSeparated }: InputOptions): void {
  if (args.length === 0) {
    throw new UsageError(
      'There are no inputs.',
      "Give some: plustwo run <module> 'src/**/*.js', or read them: --in FILE, --in - for stdin",
    );
  }
  if (nullSeparated)
    throw new UsageError('-0 says how --in is read, and there is no --in.', 'To read stdin: -0 --in -');
  if (format !== 'auto') {
    throw new UsageError(
      '--format says how --in is read, and there is no --in.',
      `To read stdin: --in - --format ${format}`,
    );
  }
}

function checkWithIn({ arguments: args, format, null: nullSeparated }: InputOptions, file: string): void {
  if (args.length > 0) {
    throw new UsageError(
      `Inputs are given twice: as arguments ('${String(args[0])}' …) and by --in ${file}.`,
      'Leave one of them out.',
    );
  }
  if (nullSeparated && format !== 'auto' && format !== 'lines') {
    throw new UsageError(`-0 expects --format lines, got --format ${format}.`, 'Leave --format out.');
  }
}
