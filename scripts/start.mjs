// `npm start`: from a fresh clone to work done on every core. Packs scripts of the packages installed here.
import { build } from './build.mjs';
import { run } from './run.mjs';

const task = 'dist/docs/examples/tasks/pack.js';
const inputs = ['node_modules/{eslint,fastify,terser}/lib/**/*.js'];

await build();
console.error(`start: plustwo run ${task} ${inputs.map((glob) => `'${glob}'`).join(' ')}`);
process.exitCode = await run(process.execPath, ['dist/cli/main.js', 'run', task, ...inputs]);
