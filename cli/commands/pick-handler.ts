import type { Handle } from '../../runtime/index.js';
import { ownStack } from '../render/own-stack.js';
import { sentence } from '../sentence.js';
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
  if (hasCode(cause, 'PLUSTWO_BAD_OPTION')) {
    const next = 'option' in cause && cause.option === 'uses' ? 'To name one: --dependency <name>' : undefined;
    return new UsageError(`Cannot load '${module}':\n  ${sentence(cause.message)}`, next, { cause: error });
  }
  // Node knows the line of a syntax error, but keeps it from everybody but its own printer.
  const next = cause instanceof SyntaxError ? `To see where: node --check ${module}` : undefined;
  const shown = cause instanceof Error ? ownStack(cause) : error.message;
  return new UsageError(`Cannot load '${module}':\n${shown.replace(/^/gm, '  ')}`, next, { cause: error });
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
