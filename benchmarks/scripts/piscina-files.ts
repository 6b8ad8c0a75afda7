/**
 * What one would write by hand with Piscina to run a handler over the files of a directory: results as NDJSON.
 * Arguments: handler, directory, threads, atomics.
 */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Piscina } from 'piscina';

const [filename = '', directory = '', threads = '', atomics = ''] = process.argv.slice(2);
const pool = new Piscina<string, string>({
  filename,
  minThreads: Number(threads),
  maxThreads: Number(threads),
  idleTimeout: Infinity,
  atomics: atomics as 'sync' | 'async' | 'disabled',
});
const names = (await readdir(directory)).sort();
await Promise.all(
  names.map(async (name) => {
    const input = join(directory, name);
    const value = await pool.run(input);
    process.stdout.write(`${JSON.stringify({ input, value })}\n`);
  }),
);
await pool.destroy();
