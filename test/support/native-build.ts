import { execFile, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

/** The compiled form of a native addon for this Node, or why there can be none here. */
export type Binary = { readonly path: string } | { readonly missing: string };

export interface NativeBuild {
  /** Its folder in `.cache/`. */
  readonly name: string;
  /** Changes whenever the sources do. */
  readonly version: string;
  /** Gives the path of what it made, which lies in the folder. */
  readonly compile: (folder: string) => Promise<string>;
}

/** Where the headers are that came with this Node, if they did. */
export const HEADERS = join(dirname(dirname(process.execPath)), 'include/node');

/** What the linker needs for an addon: Node's functions are found when it is loaded, and its own are nobody else's. */
export const LINKING: readonly string[] =
  process.platform === 'darwin' ? ['-undefined', 'dynamic_lookup'] : ['-Wl,-Bsymbolic', '-Wl,--exclude-libs,ALL'];

export const run = promisify(execFile);

/** Compiles an addon offline, once for each version of it and of Node's binary interface. */
export async function buildOnce({ name, version, compile }: NativeBuild): Promise<Binary> {
  const cache = fileURLToPath(new URL(`../../../.cache/${name}/`, import.meta.url));
  const path = join(cache, `${version}-${process.platform}-${process.arch}-${process.versions.modules}.node`);
  if (existsSync(path)) return { path };
  const missing = whatIsMissing();
  if (missing !== undefined) return { missing };
  mkdirSync(cache, { recursive: true });
  const folder = mkdtempSync(join(cache, 'build-'));
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
