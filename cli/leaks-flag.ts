import { InvalidArgumentError } from 'commander';
import { type LeaksMode, leaksModes } from './commands/run-options.js';
import { suggest } from './suggest.js';

/** A mode of `--leaks`. */
export function leaksMode(given: string): LeaksMode {
  const mode = leaksModes.find((mode) => mode === given);
  if (mode !== undefined) return mode;
  const meant = suggest(given, leaksModes);
  const next =
    meant === undefined ? ` For the plain flag before an input: --leaks=report ${given}` : ` Did you mean ${meant}?`;
  throw new InvalidArgumentError(`Expected report, fail or off, got '${given}'.${next}`);
}

/**
 * Gives a plain `--leaks` its mode, in the arguments of `plustwo run`. A parser that knows only that the mode may be missing takes whatever
 * follows for one, so that `--leaks ./hash.js` would lose its module. Only a bare word can be meant as a mode.
 */
export function withLeaksMode(args: readonly string[]): string[] {
  if (args[0] !== 'run') return [...args];
  const end = args.indexOf('--');
  return args.map((arg, index) => {
    if (arg !== '--leaks' || (end !== -1 && index > end)) return arg;
    return /^[a-z]+$/i.test(args[index + 1] ?? '') ? arg : '--leaks=report';
  });
}
