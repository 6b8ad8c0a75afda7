// Builds, then looks whether everything holds under faults: `npm run chaos [-- <options of benchmarks/chaos.ts>]`.
import { build } from './build.mjs';
import { runNode } from './run.mjs';

await build();
process.exitCode = await runNode('dist/benchmarks/chaos.js', process.argv.slice(2));
