// Runs the tests and says which lines of the sources they never reached; the details go to coverage/.

import { build } from './build.mjs';
import { orExit, root, runTool } from './run.mjs';

await build();
const sources = ['runtime', 'workers', 'cli'].flatMap((room) => ['--include', `${room}/**/*.ts`]);
const reports = ['--reporter', 'text', '--reporter', 'html', '--reports-dir', 'coverage'];
const test = [process.execPath, 'scripts/test.mjs', ...process.argv.slice(2)];
await orExit(runTool('c8', ['--src', root, '--exclude-after-remap', ...sources, ...reports, ...test]));
