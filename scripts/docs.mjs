// Builds the reference from the doc comments into .cache/docs; a public name without one is an error.
import { orExit, runTool } from './run.mjs';
import { setUp } from './set-up.mjs';

await setUp();
await orExit(
  runTool('typedoc', [
    ...['--entryPoints', 'runtime/index.ts', '--entryPoints', 'workers/task.ts', '--tsconfig', 'tsconfig.json'],
    ...['--out', '.cache/docs', '--excludeInternal', '--disableSources'],
    ...['--validation.notDocumented', '--validation.invalidLink', '--treatValidationWarningsAsErrors'],
  ]),
);
