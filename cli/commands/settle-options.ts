import type { DependencyOptions, SupervisorOptions } from '../../runtime/index.js';
import type { Config } from '../config/config.js';
import { suggest } from '../suggest.js';
import { UsageError } from '../usage-error.js';
import type { RunFlags } from './run-flags.js';
import type { LeaksMode, RunOptions } from './run-options.js';

/**
 * Lays the flags over the config file. A flag replaces what the file says, but for dependencies and the retry budget: there it replaces
 * what it names, and the rest of the file's terms stand. Throws a `UsageError` for the use of a dependency that nobody names.
 */
export function settleOptions(flags: RunFlags, config: Config | undefined): RunOptions {
  const { module, inputs, plain, json, quiet, progress, output } = flags;
  const file = config?.run;
  const leaks = flags.leaks ?? file?.leaks;
  return {
    module,
    inputs,
    plain,
    json,
    quiet,
    progress,
    config: config?.file,
    supervisor: supervisorOptions(flags, config, leaks),
    keepOrder: flags.keepOrder ?? file?.keepOrder ?? false,
    ...given({
      output,
      leaks,
      concurrency: flags.concurrency ?? file?.concurrency,
      timeout: flags.timeout ?? file?.timeout,
      retries: flags.retries ?? file?.retries,
      whenOpen: flags.whenOpen ?? file?.whenOpen,
      logDir: flags.logDir ?? file?.logDir,
    }),
  };
}

function supervisorOptions(
  flags: RunFlags,
  config: Config | undefined,
  leaks: LeaksMode | undefined,
): SupervisorOptions {
  const base = config?.supervisor ?? {};
  const { threads, kind, limit, isolation, rerun, grace, uses, args } = flags;
  const dependencies = namedDependencies(flags, base);
  checkUses(flags, config, Object.keys(dependencies));
  return {
    isolation: 'process',
    ...base,
    ...ledgerOptions(leaks),
    ...given({ threads, kind, limit, isolation, rerun, grace, uses }),
    ...given({ args: args?.value, retryBudget: retryBudget(flags, base) }),
    dependencies,
  };
}

/** Without a mode the supervisor's defaults stand: what is suspected is noted with its line. */
function ledgerOptions(leaks: LeaksMode | undefined): SupervisorOptions {
  if (leaks === undefined) return {};
  return leaks === 'off' ? { ledger: false } : { ledger: true, stacks: 'always' };
}

function retryBudget({ retryBudget: flag }: RunFlags, { retryBudget: base }: SupervisorOptions) {
  if (flag === undefined || flag === false) return flag;
  return { ...(base === false ? {} : base), ...flag };
}

function namedDependencies({ dependencies }: RunFlags, base: SupervisorOptions): Record<string, DependencyOptions> {
  const named = new Map(Object.entries(base.dependencies ?? {}));
  for (const [name, concurrency] of dependencies ?? [])
    named.set(name, { ...named.get(name), ...given({ concurrency }) });
  return Object.fromEntries(named);
}

/** The supervisor would refuse them as well, but cannot tell who said so. */
function checkUses({ uses }: RunFlags, config: Config | undefined, known: readonly string[]): void {
  const used = uses ?? config?.supervisor.uses ?? [];
  const unknown = used.find((name) => !known.includes(name));
  if (unknown === undefined) return;
  const inFile = uses === undefined && config !== undefined;
  const where = inFile ? `${config.name}: uses` : '--uses';
  const how = inFile ? `"dependencies": { ${JSON.stringify(unknown)}: {} }` : `--dependency ${unknown}`;
  const list = known.length === 0 ? 'none is named' : `known are ${known.join(', ')}`;
  const meant = suggest(unknown, known);
  throw new UsageError(
    `${where} names the dependency '${unknown}', which is not known; ${list}.`,
    meant === undefined ? `Name it: ${how}` : `Did you mean ${meant}?`,
  );
}

/** What is not undefined of it. */
function given<Values extends object>(values: Values): { [Name in keyof Values]?: Exclude<Values[Name], undefined> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as typeof values &
    object;
}
