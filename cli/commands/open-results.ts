import { existsSync } from 'node:fs';
import { type FileHandle, open, stat } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import type { Writable } from 'node:stream';
import type { Host } from '../host.js';
import type { Inputs } from '../inputs/inputs.js';
import { UsageError } from '../usage-error.js';

/** Where the results of a run are written. */
export interface Results {
  stream: Writable;
  /** Whether a person sees them come. */
  onTerminal: boolean;
  close(): Promise<void>;
}

/**
 * Opens the file for the results, or stdout. The file is written in place, not beside and renamed at the end: people
 * follow it with `tail -f`, and what a broken-off run has finished is worth keeping.
 */
export async function openResults(file: string | undefined, inputs: string | undefined, host: Host): Promise<Results> {
  if (file === undefined || file === '-') {
    return { stream: host.stdout, onTerminal: host.stdout.isTTY, close: () => Promise.resolve() };
  }
  if (inputs !== undefined && (await areSame(file, inputs))) {
    throw new UsageError(
      `-o ${file} would overwrite the inputs of --in ${inputs}.`,
      'Choose another file for the results.',
    );
  }
  const handle = await openForWriting(file);
  const stream = handle.createWriteStream();
  const close = () => new Promise<void>((resolve) => (stream.destroyed ? resolve() : stream.end(resolve)));
  return { stream, onTerminal: false, close };
}

/**
 * Refuses a file for the results that is among the inputs as well: a glob may match it, and it would be empty before its turn came.
 * Called before the module is loaded, so that nothing has run.
 */
export function checkResultsFile(file: string | undefined, items: Inputs['items'], cwd: string): void {
  if (file === undefined || file === '-' || !Array.isArray(items) || !existsSync(resolve(cwd, file))) return;
  const name = basename(file);
  const isFile = (item: unknown): boolean =>
    typeof item === 'string' && item.endsWith(name) && resolve(cwd, item) === resolve(cwd, file);
  if (!items.some(isFile)) return;
  throw new UsageError(
    `-o ${file} would overwrite one of the inputs.`,
    `Choose another file for the results, or take it away from what a glob matches: '!${file}'`,
  );
}

async function openForWriting(file: string): Promise<FileHandle> {
  try {
    return await open(file, 'w');
  } catch (error) {
    throw new UsageError(`Cannot write the results: ${(error as Error).message}.`, undefined, { cause: error });
  }
}

async function areSame(a: string, b: string): Promise<boolean> {
  const [first, second] = await Promise.all([identity(a), identity(b)]);
  return first !== undefined && first === second;
}

async function identity(file: string): Promise<string | undefined> {
  // A file that cannot be looked at is told about by whoever opens it.
  const found = await stat(file).catch(() => undefined);
  return found && `${found.dev}:${found.ino}`;
}
