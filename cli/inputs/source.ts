import { type FileHandle, open } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { UsageError } from '../usage-error.js';

/** The bytes of `--in`. */
export interface Source {
  /** What messages call it. */
  name: string;
  stream: Readable;
}

/** Opens a file, or stdin for `-`. */
export async function openSource(file: string, stdin: () => Readable): Promise<Source> {
  if (file === '-') return { name: 'stdin', stream: stdin() };
  let handle: FileHandle;
  try {
    handle = await open(file, 'r');
  } catch (error) {
    throw new UsageError(`Cannot read the inputs: ${(error as Error).message}.`, undefined, { cause: error });
  }
  // A directory opens like a file and fails at the first read only, when the run has begun.
  if ((await handle.stat()).isDirectory()) {
    await handle.close();
    const every = `${file.replace(/\/+$/, '')}/**`;
    throw new UsageError(
      `--in expects a file, got the directory '${file}'.`,
      `To run over the files in it: plustwo run <module> '${every}'`,
    );
  }
  return { name: file, stream: handle.createReadStream() };
}
