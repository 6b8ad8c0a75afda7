import { existsSync } from 'node:fs';
import { UsageError } from '../usage-error.js';

/**
 * Turns the arguments of the command into inputs: a glob into its matches (files, relative to `cwd`, sorted), anything
 * else into itself, whether a file of that name exists or not. A file matched by several globs is one input;
 * `!pattern` takes matches away from the globs beside it.
 */
export async function expandArguments(args: readonly string[], cwd: string): Promise<string[]> {
  const globs = new Set(args.filter((argument) => isGlob(argument, cwd)));
  if (globs.size === 0) return [...args];
  // Loaded here and not above: most runs on a few plain arguments should not pay for a file walker.
  const { glob } = await import('tinyglobby');
  const ignore = args.filter(isExclusion).map((argument) => argument.slice(1));
  const matched = new Set<string>();
  const inputs: string[] = [];
  for (const argument of args) {
    if (isExclusion(argument)) continue;
    if (!globs.has(argument)) {
      inputs.push(argument);
      continue;
    }
    const files = await glob(argument, { cwd, ignore, expandDirectories: false });
    if (files.length === 0) throw matchedNothing(argument, ignore);
    for (const file of files.sort()) {
      if (!matched.has(file)) inputs.push(file);
      matched.add(file);
    }
  }
  return inputs;
}

/**
 * Whether an argument asks to be expanded. A URL never does although `?` is common in it, nor does the name of a file
 * that exists: the shell may have expanded a pattern to `page[1].html` already.
 */
function isGlob(argument: string, cwd: string): boolean {
  if (!/[*?[\]{}]|[@+!]\(/.test(argument) || isExclusion(argument)) return false;
  if (/^[a-z][a-z\d+.-]*:\/\//i.test(argument)) return false;
  return !existsSync(`${cwd}/${argument}`) && !existsSync(argument);
}

function isExclusion(argument: string): boolean {
  return argument.startsWith('!') && argument[1] !== '(';
}

function matchedNothing(glob: string, ignore: readonly string[]): UsageError {
  const none = `The glob '${glob}' matches no file`;
  if (ignore.length === 0) {
    const next = `To pass it as it is: printf '%s\\n' '${glob}' | plustwo run <module> --in - --format lines`;
    return new UsageError(`${none}.`, next);
  }
  const excluded = ignore.map((pattern) => `'!${pattern}'`).join(', ');
  return new UsageError(`${none} (besides what ${excluded} excludes).`, 'Take less away, or another glob.');
}
