// Builds, then drills an outage: `npm run drill [-- <options of benchmarks/outage.ts>]`.
import { build } from './build.mjs';
import { runNode } from './run.mjs';

await build();
process.exitCode = await runNode('dist/benchmarks/outage.js', process.argv.slice(2));
