// `npm run ok`, the one command before a push: every check, all of them even if one fails, and the sum at the end.
import { countTests } from './count.mjs';
import { runNode, runTool } from './run.mjs';
import { setUp } from './set-up.mjs';

const count = countTests();
const checks = {
  format: () => runTool('@biomejs/biome', ['check', '.'], { command: 'biome' }),
  build: () => runNode('scripts/build.mjs'),
  lint: () => runTool('eslint', ['.']),
  test: () => runNode('scripts/test.mjs', [], { onLine: count.read }),
  api: () => runNode('scripts/api.mjs'),
  package: () => runNode('scripts/package-check.mjs'),
  docs: () => runNode('scripts/docs.mjs'),
};

await setUp();
const failed = [];
for (const [name, check] of Object.entries(checks)) {
  console.log(`\n── ${name}`);
  if ((await check()) !== 0) failed.push(name);
}
const passed = Object.keys(checks).length - failed.length;
console.log(failed.length > 0 ? `\nnot ok: ${failed.join(', ')}` : '\nok');
console.log(`checks: ${passed} passed, ${failed.length} failed; tests: ${count.passed} passed, ${count.failed} failed`);
process.exitCode = failed.length > 0 ? 1 : 0;
