import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { type Binary, buildOnce, HEADERS, LINKING, run } from './native-build.js';

const PACKAGE = dirname(createRequire(import.meta.url).resolve('better-sqlite3/package.json'));

/**
 * The compiled part of better-sqlite3. Its own install script would fetch a ready one from elsewhere, and the usual builder the headers; of
 * what either does beyond that nothing is needed here.
 */
export function betterSqlite3(): Promise<Binary> {
  const { version } = JSON.parse(readFileSync(join(PACKAGE, 'package.json'), 'utf8')) as { version: string };
  return buildOnce({ name: 'better-sqlite3', version, compile });
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
  await run('c++', ['-shared', '-o', made, ...parts, ...LINKING]);
  return made;
}
