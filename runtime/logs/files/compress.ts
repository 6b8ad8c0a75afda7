import { lstatSync, renameSync, rmSync, type Stats, statSync, unlinkSync } from 'node:fs';
import { copyFile, type FileHandle, open, rename, rm, stat } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import { ownDescriptors } from '../../ledger/own-descriptors.js';
import { PACKED, PART, WHOLE } from './retention.js';
import { codeOf } from './sink-notice.js';

/** How much is read at once. */
const CHUNK_BYTES = 262_144;

/** What zlib says of bytes that are not, or not all of, what it wrote. */
const BROKEN: readonly string[] = ['Z_BUF_ERROR', 'Z_DATA_ERROR', 'Z_NEED_DICT'];

/** What packing goes by. */
export interface PackTerms {
  /** Whether the file is not written to again. */
  readonly isFree: () => boolean;
  /** Hears that a packed file was broken, and where it is now. */
  readonly putAside: (path: string, why: unknown) => void;
  readonly signal: AbortSignal;
}

/**
 * Packs a closed file, in four steps, so that a process that ends anywhere leaves every line in exactly one place:
 *
 * 1. `x.log` is packed into `x.log.gz.part`, behind what an `x.log.gz` holds already. As long as there is an `x.log`, that counts, and what
 *    was made of it is thrown away.
 * 2. The part is renamed to `x.log.gz.whole`,
 * 3. `x.log` is removed: from now on the whole counts,
 * 4. and the whole is renamed to `x.log.gz`.
 *
 * Removing last would be the usual order, and leave two files with the same lines. Steps 2 to 4 are synchronous: whoever writes to `x.log`
 * does so in this thread, so nothing comes in between the look at it and its end. False where `isFree` says that it is written to again, or
 * where it has changed; nothing is packed then.
 *
 * Behind an `x.log.gz` that is broken, by a disk or by a machine that lost power, nothing could be read any more. It is put aside with every
 * byte it has, as `x.log.1.gz`, or the next number that is free.
 */
export async function compress(path: string, terms: PackTerms): Promise<boolean> {
  const part = path + PART;
  try {
    const before = await stat(path);
    await rm(part, { force: true });
    await setBrokenAside(path, terms);
    await pack(path, part, terms.signal);
    if (!terms.isFree() || hasChanged(before, statSync(path))) {
      await rm(part, { force: true });
      return false;
    }
    replace(path, part);
    return true;
  } catch (error) {
    await rm(part, { force: true });
    throw error;
  }
}

/** Ends what a process that is gone had begun. */
export async function finish(path: string): Promise<void> {
  await rm(path + PART, { force: true });
  if (await exists(path)) await rm(path + WHOLE, { force: true });
  else await unlessMissing(rename(path + WHOLE, path + PACKED));
}

async function pack(path: string, part: string, signal: AbortSignal): Promise<void> {
  await unlessMissing(copyFile(path + PACKED, part));
  await withFile(path, 'r', (from) =>
    withFile(part, 'a', async (to) => {
      await pipeline(chunksOf(from), createGzip(), (packed: AsyncIterable<Buffer>) => appendAll(packed, to), {
        signal,
      });
      // The original is about to go; without this, a machine that loses power could be left with neither.
      await to.datasync();
    }),
  );
}

async function setBrokenAside(path: string, { putAside, signal }: PackTerms): Promise<void> {
  const why = await unlessMissing(faultOf(path + PACKED, signal));
  if (why === undefined) return;
  signal.throwIfAborted();
  let number = 1;
  while (lstatSync(asidePath(path, number), { throwIfNoEntry: false }) !== undefined) number++;
  const aside = asidePath(path, number);
  renameSync(path + PACKED, aside);
  putAside(aside, why);
}

function asidePath(path: string, number: number): string {
  return `${path}.${number}${PACKED}`;
}

/** What is wrong with a packed file; undefined for one that is whole. It is unpacked to nowhere: only so is it known. */
async function faultOf(path: string, signal: AbortSignal): Promise<unknown> {
  const gunzip = createGunzip({ chunkSize: CHUNK_BYTES });
  let [bytes, isAtEnd] = [0, false];
  const ignore = async (chunks: AsyncIterable<Buffer>): Promise<void> => {
    for await (const _ of chunks);
    isAtEnd = true;
  };
  try {
    await withFile(path, 'r', async (from) => {
      await pipeline(chunksOf(from), gunzip, ignore, { signal });
      bytes = (await from.stat()).size;
    });
  } catch (error) {
    if (signal.aborted) throw error;
    if (BROKEN.includes(codeOf(error))) return error;
    // It was at its end before the file was.
    if (!isAtEnd) throw error;
  }
  // Zeros behind what was packed are passed over in silence, and so is what comes behind them.
  return gunzip.bytesWritten === bytes ? undefined : new TrailingBytes();
}

class TrailingBytes extends Error {
  readonly code = 'Z_DATA_ERROR';

  constructor() {
    super('there are zeros behind what was packed');
  }
}

async function* chunksOf(file: FileHandle): AsyncGenerator<Buffer> {
  for (;;) {
    const { buffer, bytesRead } = await file.read({ buffer: Buffer.allocUnsafe(CHUNK_BYTES) });
    if (bytesRead === 0) return;
    yield buffer.subarray(0, bytesRead);
  }
}

async function appendAll(chunks: AsyncIterable<Buffer>, file: FileHandle): Promise<void> {
  for await (const chunk of chunks) await file.appendFile(chunk);
}

function replace(path: string, part: string): void {
  const whole = path + WHOLE;
  renameSync(part, whole);
  try {
    unlinkSync(path);
  } catch (error) {
    rmSync(whole, { force: true });
    throw error;
  }
  renameSync(whole, path + PACKED);
}

/** The descriptor is the runtime's own, and known as such while it is open. */
async function withFile(path: string, flags: string, use: (file: FileHandle) => Promise<void>): Promise<void> {
  const file = await open(path, flags);
  ownDescriptors.add(file.fd);
  try {
    await use(file);
  } finally {
    ownDescriptors.delete(file.fd);
    await file.close();
  }
}

function hasChanged(before: Stats, after: Stats): boolean {
  return before.ino !== after.ino || before.size !== after.size || before.mtimeMs !== after.mtimeMs;
}

async function exists(path: string): Promise<boolean> {
  return (await unlessMissing(stat(path))) !== undefined;
}

async function unlessMissing<Value>(work: Promise<Value>): Promise<Value | undefined> {
  try {
    return await work;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}
