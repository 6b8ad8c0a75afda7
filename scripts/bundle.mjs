// Bundles what the package's exports and bin point to, and the file every thread loads. Loading one file instead of
// sixty is a fifth of the CPU of a short command, and a thread's start is paid once per thread.
import { chmodSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'esbuild';
import { root } from './run.mjs';

const dist = (...path) => join(root, 'dist', ...path);

const common = {
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20.19',
  sourcemap: true,
  legalComments: 'inline',
  // Less to parse, in every thread; names and lines of the sources are kept by the source map.
  minifyWhitespace: true,
  logLevel: 'warning',
};

/** The supervisor in the bundle starts its threads with the bundled entry beside it, not with the compiled room. */
const besideUs = {
  name: 'thread-code-beside-us',
  setup({ onLoad }) {
    onLoad({ filter: /thread-code\.js$/ }, async ({ path }) => {
      const compiled = await readFile(path, 'utf8');
      const contents = compiled.replace("'../workers/entry.js'", "'./entry.js'");
      if (contents === compiled) throw new Error(`${path} does not name the thread's entry as expected`);
      return { contents, loader: 'js' };
    });
  },
};

/** Packages stay packages in the supervisor's own process: they are loaded once there. */
async function bundleFaces() {
  await build({
    ...common,
    entryPoints: { index: dist('runtime', 'index.js'), main: dist('cli', 'main.js'), task: dist('workers', 'task.js') },
    outdir: dist('bundle'),
    splitting: true,
    packages: 'external',
    plugins: [besideUs],
  });
  chmodSync(dist('bundle', 'main.js'), 0o755);
}

/** In a thread not even packages are looked up. */
async function bundleThread() {
  await build({ ...common, entryPoints: [dist('workers', 'entry.js')], outfile: dist('bundle', 'entry.js') });
}

/** Starts from an empty folder: names of shared parts change with their contents. */
export async function bundle() {
  rmSync(dist('bundle'), { recursive: true, force: true });
  await bundleThread();
  await bundleFaces();
}
