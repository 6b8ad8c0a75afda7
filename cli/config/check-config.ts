import { BadOptionError, type Check, OPTIONS, refuse, showGiven } from '../../runtime/index.js';
import { leaksModes } from '../commands/run-options.js';
import { MOST_THREADS } from '../option-values.js';
import { shortPath } from '../render/places.js';
import { sentence } from '../sentence.js';
import { suggest } from '../suggest.js';
import { UsageError } from '../usage-error.js';
import type { Config } from './config.js';
import type { FoundConfig } from './find-config.js';

/** What may be given, and how it is checked. */
type Checks = Readonly<Record<string, Check<unknown>>>;

/** Options of a supervisor that a run settles itself, and why. */
const settled: Readonly<Record<string, string>> = {
  output: 'stdout belongs to the results, and what tasks print goes to stderr',
  logs: 'the command prints what tasks log; --log-dir writes log files',
};

/** Checks what a config file says against the table of options. Throws a `UsageError` that names the file and the key. */
export function checkConfig({ file, content }: FoundConfig, cwd: string): Config {
  const name = shortPath(file, cwd);
  if (!isObject(content))
    throw new UsageError(`Expected ${name} to hold an object of options, got ${showGiven(content)}.`);
  const { run = {}, ...supervisor } = readOut(content, name);
  if (!isObject(run)) throw new UsageError(`${name}: Expected \`run\` to be an object, got ${showGiven(run)}.`);
  const known = supervisorChecks();
  const ownKnown = runChecks();
  const outside: Place = { file: name, prefix: '', checks: known, elsewhere: ownKnown, there: 'under `run`' };
  const inside: Place = { file: name, prefix: 'run.', checks: ownKnown, elsewhere: known, there: 'beside `run`' };
  return {
    file,
    name,
    supervisor: checked(supervisor, outside),
    run: checked(run, inside),
  };
}

/** Reads it once: a config that is a module may have getters, and they may throw. */
function readOut(content: Record<string, unknown>, name: string): Record<string, unknown> {
  try {
    return { ...content };
  } catch (error) {
    throw new UsageError(sentence(`${name} throws where it is read: ${String(error)}`), undefined, { cause: error });
  }
}

/** Where keys stand, and where else they might belong. */
interface Place {
  file: string;
  prefix: '' | 'run.';
  checks: Checks;
  elsewhere: Checks;
  there: string;
}

/** What was given, not what the checks made of it: the supervisor checks it again, and it knows `false` but not its own Infinity. */
function checked(given: Record<string, unknown>, place: Place): Record<string, unknown> {
  const entries = Object.entries(given).filter(([, value]) => value !== undefined);
  for (const [key, value] of entries) check(key, value, place);
  return Object.fromEntries(entries);
}

function check(key: string, value: unknown, place: Place): void {
  const check = Object.hasOwn(place.checks, key) ? place.checks[key] : undefined;
  if (check === undefined) throw unknownKey(key, place);
  try {
    check(place.prefix + key, value);
  } catch (error) {
    if (!(error instanceof BadOptionError)) throw error;
    throw new UsageError(sentence(`${place.file}: ${error.message}`), undefined, { cause: error });
  }
}

function unknownKey(key: string, { file, prefix, checks, elsewhere, there }: Place): UsageError {
  const why = prefix === '' && Object.hasOwn(settled, key) ? settled[key] : undefined;
  if (why !== undefined) return new UsageError(`${file}: \`${key}\` cannot be set here: ${why}.`);
  const unknown = `${file}: unknown key \`${prefix}${key}\``;
  if (Object.hasOwn(elsewhere, key)) return new UsageError(`${unknown}.`, `It belongs ${there}.`);
  const known = Object.keys(checks);
  const meant = suggest(key, known);
  if (meant !== undefined) return new UsageError(`${unknown}.`, `Did you mean ${prefix}${meant}?`);
  return new UsageError(`${unknown}; known are ${known.map((name) => prefix + name).join(', ')}.`);
}

function supervisorChecks(): Checks {
  const own = Object.entries(OPTIONS).filter(
    ([name, { scopes }]) => scopes.includes('supervisor') && !Object.hasOwn(settled, name),
  );
  return { ...Object.fromEntries(own.map(([name, { check }]) => [name, check])), threads };
}

/** None would run handlers in the command's own thread, where no task could be ended. */
const threads: Check<unknown> = (name, given) =>
  Number.isInteger(given) && (given as number) >= 1 && (given as number) <= MOST_THREADS
    ? given
    : refuse(name, `a whole number from 1 to ${MOST_THREADS}`, given);

function runChecks(): Checks {
  const { concurrency, timeout, whenOpen, ordered } = OPTIONS;
  const same = { concurrency, timeout, whenOpen, keepOrder: ordered };
  const checks = Object.entries(same).flatMap(([name, entry]) => (entry === undefined ? [] : [[name, entry.check]]));
  return { ...(Object.fromEntries(checks) as Checks), retries, leaks, logDir };
}

const retries: Check<unknown> = (name, given) =>
  Number.isSafeInteger(given) && (given as number) >= 0 ? given : refuse(name, 'a whole number of at least 0', given);

const logDir: Check<unknown> = (name, given) =>
  typeof given === 'string' && given !== '' ? given : refuse(name, 'the name of a directory', given);

const leaks: Check<unknown> = (name, given) =>
  leaksModes.some((mode) => mode === given) ? given : refuse(name, "'report', 'fail' or 'off'", given);

function isObject(given: unknown): given is Record<string, unknown> {
  return typeof given === 'object' && given !== null && !Array.isArray(given);
}
