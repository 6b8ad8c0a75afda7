import type { Config } from './config.js';

/**
 * The config file of a run: the one that `--config` names, or the nearest from the working directory upwards; `undefined` if there is none or
 * none is wanted. Throws a `UsageError` for one that cannot be read or says something that is not known.
 */
export async function readConfig(given: string | false | undefined, cwd: string): Promise<Config | undefined> {
  if (given === false) return undefined;
  const { findConfig, openConfig } = await import('./find-config.js');
  const found = given === undefined ? await findConfig(cwd) : await openConfig(given, cwd);
  if (found === undefined) return undefined;
  // It needs the whole runtime, which is still being loaded when most runs find that they have no config file.
  const { checkConfig } = await import('./check-config.js');
  return checkConfig(found, cwd);
}
