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
    // No thread came up to load it in, for all the options that were given.
    if (hasCode(error, 'PLUSTWO_RESTART_INTENSITY')) {
      throw new UsageError(`Cannot load '${address.module}':\n  ${sentence(error.message)}`, undefined, {
        cause: error,
      });
    }
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
    return new UsageError(`Cannot load '${module}':\n  ${sentence(reasonOf(error))}`, next, { cause: error });
  }
  const shown = cause instanceof Error ? ownStack(cause) : sentence(reasonOf(error));
  const next = remedyFor(module, cause);
  return new UsageError(`Cannot load '${module}':\n${shown.replace(/^/gm, '  ')}`, next, { cause: error });
}

/** Why it could not be loaded, without the address: the message names the module as the user did. */
function reasonOf(error: Error): string {
  return error.message.replace(/^Could not load \S+: /, '');
}

function remedyFor(module: string, cause: unknown): string | undefined {
  if (hasCode(cause, 'ERR_UNKNOWN_FILE_EXTENSION') && /\.[cm]?ts$/.test(module))
    return `Node.js ${process.versions.node} runs no TypeScript: compile it first, or take 22.18 or later.`;
  if (!(cause instanceof SyntaxError)) return undefined;
  if (/import statement outside a module|Unexpected token 'export'/.test(cause.message))
    return `It is written as ESM and loaded as CommonJS: name it .mjs, or write "type": "module" into its package.json.`;
  // Node knows the line of a syntax error, but keeps it from everybody but its own printer.
  return `To see where: node --check ${module}`;
}

function missingExport(address: HandlerAddress, names: string[]): UsageError {
  const module = `'${address.module}'`;
  const functions = `its functions: ${names.join(', ')}`;
  if (address.export === 'default') {
    const command = `plustwo run ${address.module}#${String(names[0])} …`;
    return new UsageError(`${module} has no function as its default export; ${functions}.`, `Name one: ${command}`);
  }
  const meant = suggest(address.export, names) ?? names[0];
  const command = `plustwo run ${address.module}${meant === 'default' ? '' : `#${String(meant)}`} …`;
  return new UsageError(`${module} has no function '${address.export}'; ${functions}.`, `Did you mean: ${command}`);
}
