import { execFile, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

/** The compiled part of better-sqlite3 for this Node, or why there can be none here. */
export type Binary = { readonly path: string } | { readonly missing: string };

const run = promisify(execFile);
const CACHE = fileURLToPath(new URL('../../../.cache/better-sqlite3/', import.meta.url));
const PACKAGE = dirname(createRequire(import.meta.url).resolve('better-sqlite3/package.json'));
/** Where the headers are that came with this Node, if they did. */
const HEADERS = join(dirname(dirname(process.execPath)), 'include/node');

/**
 * Compiles it, once for each version of Node's binary interface. Its own install script would fetch a ready one from elsewhere, and the usual
 * builder the headers; of what either does beyond that nothing is needed here.
 */
export async function betterSqlite3(): Promise<Binary> {
  const { version } = JSON.parse(readFileSync(join(PACKAGE, 'package.json'), 'utf8')) as { version: string };
  const path = join(CACHE, `${version}-${process.platform}-${process.arch}-${process.versions.modules}.node`);
  if (existsSync(path)) return { path };
  const missing = whatIsMissing();
  if (missing !== undefined) return { missing };
  mkdirSync(CACHE, { recursive: true });
  const folder = mkdtempSync(join(CACHE, 'build-'));
  try {
    // At once or not at all: whoever finds the file may load it.
    renameSync(await compile(folder), path);
  } finally {
    rmSync(folder, { recursive: true });
  }
  return { path };
}

function whatIsMissing(): string | undefined {
  if (process.platform === 'win32') return 'compiled for systems with cc and c++ only';
  const header = join(HEADERS, 'node_version.h');
  const modules = existsSync(header) ? /NODE_MODULE_VERSION (\d+)/.exec(readFileSync(header, 'utf8'))?.[1] : undefined;
  if (modules !== process.versions.modules) return `no headers of Node ${process.version} in ${HEADERS}`;
  const tool = ['cc', 'c++'].find((name) => spawnSync(name, ['--version']).status !== 0);
  return tool === undefined ? undefined : `no ${tool} to compile it with`;
}

/** How fast it becomes matters to nobody here, how fast it is compiled does. */
async function compile(folder: string): Promise<string> {
  const settings = readFileSync(join(PACKAGE, 'deps/defines.gypi'), 'utf8').matchAll(/'([A-Z][A-Z0-9_]*(?:=[^']*)?)'/g);
  const options = ['-c', '-O0', '-fPIC', '-w', ...[...settings].map(([, setting = '']) => `-D${setting}`)];
  const database = join(PACKAGE, 'deps/sqlite3');
  const parts = [join(folder, 'sqlite3.o'), join(folder, 'addon.o')] as const;
  const made = join(folder, 'made.node');
  const includes = [
    '-DBUILDING_NODE_EXTENSION',
    '-DNODE_GYP_MODULE_NAME=better_sqlite3',
    `-I${HEADERS}`,
    `-I${database}`,
  ];
  await Promise.all([
    run('cc', [...options, join(database, 'sqlite3.c'), '-o', parts[0]]),
    run('c++', [...options, '-std=c++20', ...includes, join(PACKAGE, 'src/better_sqlite3.cpp'), '-o', parts[1]]),
  ]);
  const system =
    process.platform === 'darwin' ? ['-undefined', 'dynamic_lookup'] : ['-Wl,-Bsymbolic', '-Wl,--exclude-libs,ALL'];
  await run('c++', ['-shared', '-o', made, ...parts, ...system]);
  return made;
}
