import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

/** @param {string} path */
export default function hash(path) {
  return createHash('sha256').update(readFileSync(path)).digest('hex');
}
