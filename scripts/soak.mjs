// Builds, then looks for an hour whether anything grows: `npm run soak [-- <options of benchmarks/soak.ts>]`.
import { build } from './build.mjs';
import { runNode } from './run.mjs';

await build();
process.exitCode = await runNode('dist/benchmarks/soak.js', process.argv.slice(2));
