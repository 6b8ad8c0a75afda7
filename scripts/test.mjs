// Builds, then runs the compiled tests: `npm test [-- <part of a file's path>… --node <binary> <flags for node>…]`.
// The files are listed here because Node 20 takes no glob and Node 22 takes no folder.
import { existsSync, readdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { delimiter, dirname, join, relative, resolve } from 'node:path';
import { build } from './build.mjs';
import { root, run } from './run.mjs';

const filters = [];
const flags = [];
let binary = process.execPath;
for (let args = process.argv.slice(2); args.length > 0; ) {
  const arg = args.shift();
  if (arg === '--node') binary = resolve(args.shift() ?? '');
  else if (arg.startsWith('-')) flags.push(arg);
  else filters.push(arg);
}
if (!existsSync(binary)) {
  console.error(`test: --node expects a Node.js binary, got ${binary}`);
  process.exit(2);
}

await build();

const files = readdirSync(join(root, 'dist/test'), { recursive: true })
  .filter((file) => file.endsWith('.test.js'))
  .filter((file) => filters.length === 0 || filters.some((filter) => file.includes(filter)))
  .map((file) => relative(root, join(root, 'dist/test', file)))
  .sort();
if (files.length === 0) {
  console.error(`test: no test file's path contains ${filters.join(' or ') || 'anything'}; look into test/`);
  process.exit(2);
}

// Tests start threads of their own, so half the cores are enough files at a time; two keep a small machine busy.
const concurrency = Math.max(2, Math.floor(availableParallelism() / 2));
const reporter = flags.some((flag) => flag.startsWith('--test-reporter')) ? [] : ['--test-reporter=spec'];
// For Node 20 the limit is that of a whole file, and a file of forty tests takes minutes on a machine that is busy with other things.
const settings = ['--enable-source-maps', '--test', '--test-timeout=900000', `--test-concurrency=${concurrency}`];
// What a test finds as `node` (a shebang, a shell) must be the Node under test.
const env = { ...process.env, PATH: dirname(binary) + delimiter + process.env.PATH };
process.exitCode = await run(binary, [...settings, ...reporter, ...flags, ...files], { env });
