// Builds, then measures: `npm run bench [-- <options of benchmarks/run.ts>]`.
import { build } from './build.mjs';
import { runNode } from './run.mjs';

await build();
process.exitCode = await runNode('dist/benchmarks/run.js', process.argv.slice(2));
