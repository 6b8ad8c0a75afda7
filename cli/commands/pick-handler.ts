import type { Handle } from '../../runtime/index.js';
import { suggest } from '../suggest.js';
import { UsageError } from '../usage-error.js';
import type { HandlerAddress } from './handler-address.js';
import { hasCode } from './has-code.js';
import type { Started } from './start.js';

/** Waits for the module and picks the export. Throws a `UsageError` that shows the module's own error. */
export async function pickHandler({ address, handles }: Started): Promise<Handle<unknown, unknown>> {
  const loaded = await handles.catch((error: unknown) => {
    throw hasCode(error, 'PLUSTWO_LOAD_FAILED') ? cannotLoad(address.module, error) : error;
  });
  const handle = Object.hasOwn(loaded, address.export) ? loaded[address.export] : undefined;
  if (handle) return handle;
  throw missingExport(address, Object.keys(loaded));
}

function cannotLoad(module: string, error: Error): UsageError {
  const { cause } = error;
  // Node knows the line of a syntax error, but keeps it from everybody but its own printer.
  const next = cause instanceof SyntaxError ? `To see where: node --check ${module}` : undefined;
  const shown = cause instanceof Error ? stackOf(cause) : error.message;
  return new UsageError(`Cannot load '${module}':\n${shown.replace(/^/gm, '  ')}`, next, { cause: error });
}

/** The error and the lines of the person's own code; those of Node's loader would bury them. */
function stackOf(error: Error): string {
  const lines = (error.stack ?? String(error)).split('\n');
  return lines.filter((line) => !/^\s+at .*\(?node:internal\//.test(line)).join('\n');
}

function missingExport(address: HandlerAddress, names: string[]): UsageError {
  const module = `'${address.module}'`;
  const exports = `it exports ${names.join(', ')}`;
  if (address.export === 'default') {
    const command = `plustwo run ${address.module}#${String(names[0])} …`;
    return new UsageError(`${module} has no default export; ${exports}.`, `Name one: ${command}`);
  }
  const meant = suggest(address.export, names) ?? names[0];
  const command = `plustwo run ${address.module}${meant === 'default' ? '' : `#${String(meant)}`} …`;
  return new UsageError(`${module} has no export '${address.export}'; ${exports}.`, `Did you mean: ${command}`);
}
