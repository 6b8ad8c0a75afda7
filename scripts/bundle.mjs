// Bundles what the package's exports and bin point to, and the file every thread loads. Loading one file instead of
// sixty is a fifth of the CPU of a short command, and a thread's start is paid once per thread.
import { chmodSync, rmSync } from 'node:fs';
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

/** Packages stay packages in the supervisor's own process: they are loaded once there. */
async function bundleFaces() {
  await build({
    ...common,
    entryPoints: { index: dist('runtime', 'index.js'), main: dist('cli', 'main.js'), task: dist('workers', 'task.js') },
    outdir: dist('bundle'),
    splitting: true,
    packages: 'external',
  });
  chmodSync(dist('bundle', 'main.js'), 0o755);
}

/**
 * In a thread not even packages are looked up. CommonJS, because the pool requires it: Node 20 aborts the whole process when a thread is
 * terminated while it requires an ES module. What a thread within a thread loads is a second such file, beside the first.
 */
async function bundleThread() {
  await build({
    ...common,
    format: 'cjs',
    entryPoints: { entry: dist('workers', 'entry.js'), nested: dist('workers', 'nested.js') },
    outdir: dist('bundle'),
    outExtension: { '.js': '.cjs' },
  });
}

/** A process of its own loads one file, and nothing of it twice. */
async function bundleHost() {
  await build({
    ...common,
    entryPoints: { host: dist('runtime', 'process', 'host-main.js') },
    outdir: dist('bundle'),
    packages: 'external',
  });
}

/** Starts from an empty folder: names of shared parts change with their contents. */
export async function bundle() {
  rmSync(dist('bundle'), { recursive: true, force: true });
  await bundleThread();
  await bundleHost();
  await bundleFaces();
}
