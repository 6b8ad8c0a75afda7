// Checks the package as npm would publish it.
import { build } from './build.mjs';
import { runTool } from './run.mjs';

await build();
const checks = [
  ['publint', ['--strict']],
  ['@arethetypeswrong/cli', ['--pack', '.', '--profile', 'esm-only'], { command: 'attw' }],
];
for (const [name, args, options] of checks) {
  if ((await runTool(name, args, options)) !== 0) process.exitCode = 1;
}
