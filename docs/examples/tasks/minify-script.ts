/** Minifies one JavaScript file with terser. */
import { readFile } from 'node:fs/promises';
import { task } from 'plustwo/task';
import { minify } from 'terser';

export interface Minified {
  code: string;
  bytes: number;
  minifiedBytes: number;
}

export const minifyScript = task({ timeout: '1m' }, async (path: string): Promise<Minified> => {
  const source = await readFile(path, 'utf8');
  const { code = '' } = await minify({ [path]: source }, { module: path.endsWith('.mjs') });
  return { code, bytes: Buffer.byteLength(source), minifiedBytes: Buffer.byteLength(code) };
});
