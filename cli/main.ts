#!/usr/bin/env node
import { exitCodes } from './exit-codes.js';

// With nobody left to read messages there is nobody to tell that to; the results are another stream.
process.stderr.on('error', () => undefined);
process.on('uncaughtException', reportBug);

const args = process.argv.slice(2);
// Loading is most of what a short run takes, and most of loading is waiting: so both halves are loaded side by side.
if (args[0] === 'run') void import('../runtime/index.js');
void import('./program.js').then(async ({ runCommandLine }) => {
  process.exitCode = await runCommandLine(args, process);
});

/** Also gets what a promise here was rejected with: nobody but us can put it right, and nothing can be trusted after it. */
function reportBug(error: unknown): void {
  const shown = error instanceof Error ? error.stack : String(error);
  process.stderr.write(
    `plustwo: this is a fault of plustwo itself; please report it with what follows\n${String(shown)}\n`,
  );
  process.exit(exitCodes.bug);
}
