// Compiles every room into dist/. Says nothing and changes nothing when dist/ is up to date.
import { chmodSync, existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { orExit, root, runTool } from './run.mjs';
import { setUp } from './set-up.mjs';

const rooms = ['workers', 'runtime', 'cli', 'test', 'benchmarks', 'docs/examples'];
const sources = { js: ['.ts', '.js'], mjs: ['.mts', '.mjs'], cjs: ['.cts', '.cjs'] };

function isStale(output) {
  const [, stem, kind] = /^(.*?)(?:\.d)?\.([mc]?[jt]s)(?:\.map)?$/.exec(output) ?? [];
  if (stem === undefined) return false;
  return !sources[kind.replace('ts', 'js')].some((extension) => existsSync(join(root, stem + extension)));
}

/** The compiler leaves the output of a removed source behind, and a test that no longer exists would still run. */
function prune() {
  for (const room of rooms) {
    const folder = join(root, 'dist', room);
    if (!existsSync(folder)) continue;
    for (const file of readdirSync(folder, { recursive: true })) {
      if (isStale(join(room, file))) rmSync(join(folder, file));
    }
  }
}

export async function build() {
  await setUp();
  prune();
  await orExit(runTool('typescript', ['-b', join(root, 'tsconfig.json')], { command: 'tsc' }));
  chmodSync(join(root, 'dist/cli/main.js'), 0o755);
  // Imported late: in a fresh clone the bundler is installed only a moment ago.
  const { bundle } = await import('./bundle.mjs');
  await bundle();
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) await build();
