import { pathToFileURL } from 'node:url';
import { ownStack } from '../render/own-stack.js';
import { shortPath } from '../render/places.js';
import { UsageError } from '../usage-error.js';

/** The default export of a config file that is code, `module.exports` in CommonJS. Its errors are usage errors. */
export async function importConfig(file: string, cwd: string): Promise<unknown> {
  const name = shortPath(file, cwd);
  const module = await load(file, name);
  if ('default' in module) return module.default;
  const names = Object.keys(module);
  const exported = names.length === 0 ? 'it exports nothing' : `it exports ${names.join(', ')}`;
  throw new UsageError(`${name} has no default export; ${exported}.`, 'Write: export default { … }');
}

async function load(file: string, name: string): Promise<{ default?: unknown }> {
  const stalled = whenNothingIsLeft();
  try {
    return (await Promise.race([import(pathToFileURL(file).href), stalled.error])) as { default?: unknown };
  } catch (error) {
    const next = error instanceof SyntaxError ? `To see where: node --check ${name}` : undefined;
    throw new UsageError(`Cannot load ${name}:\n${ownStack(error).replace(/^/gm, '  ')}`, next, { cause: error });
  } finally {
    stalled.forget();
  }
}

/** A module may wait for what never comes. Node would end the process then, as if all had gone well. */
function whenNothingIsLeft(): { error: Promise<never>; forget: () => void } {
  let end: () => void = () => undefined;
  const error = new Promise<never>((_resolve, reject) => {
    end = () => {
      reject(new Error('it waits for something that never comes'));
    };
  });
  process.once('beforeExit', end);
  return { error, forget: () => process.off('beforeExit', end) };
}
