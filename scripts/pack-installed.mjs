// What `npm start` shows: hashes and compresses the scripts of every package installed here with `plustwo run`, and says
// what came of it. Builds nothing, so that a test can run it beside others.
import { createReadStream, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';
import { root, run } from './run.mjs';

const command = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).bin.plustwo;
const task = 'dist/docs/examples/tasks/pack.js';
const inputs = 'node_modules/**/*.{js,mjs,cjs}';
const results = '.cache/start/packed.ndjson';

const count = (value) => value.toLocaleString('en-US');
const megabytes = (bytes) => `${(bytes / 1e6).toFixed(1)} MB`;
const milliseconds = (ms) => `${count(Math.round(ms))} ms`;

/** Adds up the results, line by line as `plustwo run` wrote them. */
async function addUp(file) {
  const sum = { files: 0, bytes: 0, packedBytes: 0, slots: new Map(), longest: { runMs: -1 } };
  for await (const line of createInterface({ input: createReadStream(file) })) {
    const item = JSON.parse(line);
    if (item.status !== 'ok') continue;
    sum.files++;
    sum.bytes += item.value.bytes;
    sum.packedBytes += item.value.packedBytes;
    sum.slots.set(item.slot, (sum.slots.get(item.slot) ?? 0) + 1);
    if (item.runMs > sum.longest.runMs) sum.longest = item;
  }
  return sum;
}

function describe({ files, bytes, packedBytes, slots, longest }) {
  const shares = [...slots].sort(([a], [b]) => a - b).map(([, share]) => count(share));
  const percent = Math.round((100 * packedBytes) / bytes);
  return [
    `packed    ${count(files)} files, ${megabytes(bytes)} into ${megabytes(packedBytes)} (${percent} %)`,
    `threads   ${shares.length} took ${shares.join(' + ')} files`,
    `longest   ${longest.input}, ${megabytes(longest.value.bytes)} in ${milliseconds(longest.runMs)}; the others went on`,
    `results   ${results}, one JSON object per file`,
  ];
}

const next = [
  ['a function of yours', `node ${command} run ./your-module.js 'src/**/*.js'`],
  ['values only', `node ${command} run dist/docs/examples/tasks/hash.js --plain package.json LICENSE`],
  ['all it can', `node ${command} run --help`],
  ['in an HTTP service', 'node dist/docs/examples/service.js'],
  ['the tests', 'npm test'],
];

/** Resolves to the exit code. */
export async function packInstalled() {
  mkdirSync(join(root, '.cache/start'), { recursive: true });
  console.log(`$ plustwo run ${task} '${inputs}' -o ${results}`);
  const exitCode = await run(process.execPath, [command, 'run', task, inputs, '-o', results]);
  if (exitCode !== 0) return exitCode;
  console.log(`\n${describe(await addUp(join(root, results))).join('\n')}`);
  console.log(`\nTry next\n${next.map(([what, line]) => `  ${what.padEnd(20)} ${line}`).join('\n')}`);
  return 0;
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) process.exitCode = await packInstalled();
