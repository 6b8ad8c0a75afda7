import { closeSync, createReadStream, fstatSync, openSync, readSync } from 'node:fs';
import { type FileHandle, stat } from 'node:fs/promises';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { createGunzip } from 'node:zlib';
import { hasCode } from '../commands/has-code.js';
import type { LogFile } from './log-files.js';

/** Large enough that the calls do not count, small enough to stay in reach of the processor. */
export const blockLength = 8 * 1024 * 1024;

/** What a file is read through. */
export interface Reading {
  /** For blocks of files that are not compressed; of any length. Its contents are gone with the next block. */
  readonly buffer: Buffer;
  /** Is told of a file that cannot be read, or not to its end. What was read before counts. */
  readonly onFault: (file: LogFile, reason: string) => void;
  /** How long each compressed file was that was read, or is being read, by path: what is packed to it later comes behind that. */
  readonly read: Map<string, number>;
}

/**
 * The contents of a log file, unpacked, in blocks. A file that was compressed or purged since it was listed is read as it is now; of a
 * compressed one that was read before and has taken up this one since, only what is new.
 */
export async function* readBlocks(file: LogFile, reading: Reading): AsyncGenerator<Buffer> {
  try {
    if (file.isCompressed) yield* unpacked(file.path, 0, reading.read);
    else yield* plain(file.path, reading.buffer);
  } catch (error) {
    if (!hasCode(error, 'ENOENT')) reading.onFault(file, (error as Error).message);
    else yield* readPacked(file, reading);
  }
}

async function* readPacked(file: LogFile, { read, onFault }: Reading): AsyncGenerator<Buffer> {
  const path = packedPath(file);
  if (path === file.path) return;
  try {
    const from = read.get(path) ?? 0;
    if ((await stat(path)).size > from) yield* unpacked(path, from, read);
  } catch (error) {
    if (!hasCode(error, 'ENOENT')) onFault({ ...file, path, isCompressed: true }, (error as Error).message);
  }
}

function packedPath({ path, isCompressed }: LogFile): string {
  return isCompressed ? path.replace(/\.whole$/, '') : `${path}.gz`;
}

/** Read without Node's file threads: handing each block over and back takes longer than reading it, on a busy machine many times as long. */
async function* plain(path: string, buffer: Buffer): AsyncGenerator<Buffer> {
  const descriptor = openSync(path, 'r');
  try {
    for (;;) {
      const length = readSync(descriptor, buffer, 0, buffer.length, null);
      if (length === 0) return;
      yield buffer.subarray(0, length);
      // Between two blocks what was found is written, and whoever does not want it any more is heard.
      await nextTurn();
    }
  } finally {
    closeSync(descriptor);
  }
}

/** What an open file holds from a place on, as far as there is anything now. */
export async function* blocksOf(handle: FileHandle, buffer: Buffer, from: number): AsyncGenerator<Buffer> {
  for (let at = from; ; ) {
    const { bytesRead } = await handle.read(buffer, 0, buffer.length, at);
    if (bytesRead === 0) return;
    yield buffer.subarray(0, bytesRead);
    at += bytesRead;
  }
}

async function* unpacked(path: string, from: number, read: Reading['read']): AsyncGenerator<Buffer> {
  const descriptor = openSync(path, 'r');
  // Noted before it is read: meanwhile another file may be packed into one that takes its name, and only that one's lines are new then.
  read.set(path, fstatSync(descriptor).size);
  const source = createReadStream(path, { fd: descriptor, start: from, highWaterMark: 1024 * 1024 });
  const gunzip = createGunzip({ chunkSize: 1024 * 1024 });
  source.on('error', (error) => gunzip.destroy(error));
  try {
    yield* source.pipe(gunzip) as AsyncIterable<Buffer>;
  } finally {
    source.destroy();
  }
}
