// Runs the tests on several lines of Node: `npm run nodes [-- 20 22 24 26 --only <part of a file's path>…]`. The binaries come
// from npm into .nodes/.
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from './build.mjs';
import { countTests } from './count.mjs';
import { engines, isSupported } from './node-lines.mjs';
import { root, run, runNode } from './run.mjs';

const args = process.argv.slice(2);
const only = args.indexOf('--only');
const lines = only === -1 ? args : args.slice(0, only);
const parts = only === -1 ? [] : args.slice(only + 1);
if (only !== -1 && parts.length === 0) {
  console.error('nodes: --only expects parts of the paths of tests, such as runtime/ cli/, got nothing');
  process.exit(2);
}
if (lines.length === 0) lines.push('20', '22', '24', '26');
const refused = lines.filter((line) => !isSupported(line));
if (refused.length > 0) {
  console.error(`nodes: expects lines of Node.js within ${engines}, got ${refused.join(' ')}`);
  process.exit(2);
}
const name = `node-${process.platform}-${process.arch}`;

async function install(line) {
  const folder = join(root, '.nodes', line);
  const binary = join(folder, 'node_modules', name, 'bin', 'node');
  if (existsSync(binary)) return binary;
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{ "private": true }\n');
  const options = ['--ignore-scripts', '--loglevel=error', '--no-progress', '--no-package-lock'];
  const code = await run('npm', ['install', '--prefix', folder, ...options, `${name}@${line}`]);
  return code === 0 ? binary : undefined;
}

async function testOn(line) {
  const binary = await install(line);
  if (binary === undefined) return { node: line, passed: 0, failed: 0, verdict: 'not installed' };
  let version = line;
  await run(binary, ['--version'], { onLine: (text) => (version = text) });
  const count = countTests();
  const code = await runNode('scripts/test.mjs', ['--node', binary, ...parts], { onLine: count.read });
  return {
    node: version,
    passed: count.passed,
    failed: count.failed,
    verdict: code === 0 ? 'ok' : `exit code ${code}`,
  };
}

await build();
const rows = [];
for (const line of lines) rows.push(await testOn(line));

console.log('\nnode         passed  failed');
for (const { node, passed, failed, verdict } of rows) {
  console.log(`${node.padEnd(12)} ${String(passed).padStart(6)}  ${String(failed).padStart(6)}  ${verdict}`);
}
process.exitCode = rows.every(({ verdict }) => verdict === 'ok') ? 0 : 1;
