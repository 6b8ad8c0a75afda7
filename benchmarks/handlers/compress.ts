import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';

export default function compress(path: string): string {
  return createHash('sha256')
    .update(gzipSync(readFileSync(path)))
    .digest('hex');
}
