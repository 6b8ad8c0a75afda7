/** Hashes and compresses a file, and keeps the packed copy if it is told where: `--args '{"into":"packed"}'`. */
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { task } from 'plustwo/task';

export interface Packed {
  path: string;
  bytes: number;
  packedBytes: number;
  sha256: string;
}

// Synchronous throughout: a cpu task has its thread to itself, so nobody waits for it, and nothing is faster.
const pack = task({ timeout: '1m' }, (path: string, context): Packed => {
  const content = readFileSync(path);
  const packed = gzipSync(content);
  const { into } = (context.args ?? {}) as { into?: string };
  if (into !== undefined) keep(join(into, `${path}.gz`), packed);
  const sha256 = createHash('sha256').update(content).digest('hex');
  return { path, bytes: content.length, packedBytes: packed.length, sha256 };
});

function keep(file: string, content: Buffer): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content);
}

export { pack as default };
