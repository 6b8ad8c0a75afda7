/**
 * Minifies every script of a folder: `node minify.js [from] [to]`. Without `to` nothing is written. A script that cannot be
 * parsed is reported and costs the others nothing.
 */
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { Supervisor } from 'plustwo';

const [from = 'node_modules/fastify/lib', to] = process.argv.slice(2);

await using supervisor = new Supervisor();
const module = new URL('./tasks/minify-script.js', import.meta.url);
const { minifyScript } = await supervisor.load<typeof import('./tasks/minify-script.js')>(module);

const files = await readdir(from, { recursive: true });
const scripts = files.filter((file) => /\.[cm]?js$/.test(file)).map((file) => join(from, file));
const sum = { scripts: 0, bytes: 0, minifiedBytes: 0 };

for await (const item of minifyScript.map(scripts, { ordered: false })) {
  if (item.status === 'ok') {
    sum.scripts++;
    sum.bytes += item.value.bytes;
    sum.minifiedBytes += item.value.minifiedBytes;
    if (to !== undefined) await keep(join(to, relative(from, item.input)), item.value.code);
  } else {
    console.error(`${item.input}: ${item.status}:`, item.error);
    process.exitCode = 1;
  }
}

async function keep(file: string, code: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, code);
}

console.log(`${sum.scripts} of ${scripts.length} scripts: ${sum.bytes} bytes before, ${sum.minifiedBytes} after`);
