import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CLEAN_WAYS, OPENERS, type Opener } from './openers.js';

/** What a task of the module is given. */
export interface MixedInput {
  readonly path: string;
  readonly directory: string;
  readonly port: number;
}

export interface TaskType {
  /** The export, which is the task's name. */
  readonly name: string;
  /** Where it leaves something open, and what; undefined for a clean one. */
  readonly leak: { readonly line: number; readonly opener: Opener } | undefined;
  readonly path: string;
  readonly directory: string;
}

const HEAD = (task: URL): string[] => [
  "import fs, { close, closeSync, createReadStream, createWriteStream, open, openSync, opendir, opendirSync, promises, readSync, watch } from 'node:fs';",
  "import { spawn } from 'node:child_process';",
  "import { createSocket } from 'node:dgram';",
  "import { once } from 'node:events';",
  "import http from 'node:http';",
  "import { createRequire } from 'node:module';",
  "import { connect, createServer } from 'node:net';",
  "import { pipeline } from 'node:stream/promises';",
  "import { setTimeout as pause } from 'node:timers/promises';",
  "import { promisify } from 'node:util';",
  `import { shared } from '${task.href}';`,
  'const require = createRequire(import.meta.url);',
  'const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });',
  'const text = (response) => response.text();',
  'const kept = [];',
  'let cache;',
];

/**
 * Writes a module with 40 task types that leave something open and 40 that do not, and a file and a directory for each. Written, not kept:
 * who writes the lines knows their numbers. Every opener comes twice in each half, in the handler itself and in a function below it
 * behind an await; the clean half closes what the leaking half keeps, and the rest of it are ways of closing that look like none.
 */
export async function writeMixedModule(folder: string): Promise<{ module: string; types: TaskType[] }> {
  const lines = HEAD(new URL('../../bundle/task.js', import.meta.url));
  const types: TaskType[] = [];
  const add = (name: string, body: readonly string[], opener?: Opener): void => {
    const directory = join(folder, name);
    const line = opener === undefined ? 0 : lines.length + body.findIndex((text) => text.includes(opener.open)) + 1;
    lines.push(...body);
    types.push({ name, directory, path: join(directory, 'file.txt'), leak: opener && { line, opener } });
  };
  for (const opener of OPENERS) {
    add(`leak${opener.name}`, direct(`leak${opener.name}`, opener, 'kept.push(it);'), opener);
    add(`leak${opener.name}Below`, below(`leak${opener.name}Below`, opener, 'kept.push(it);'), opener);
    add(`close${opener.name}`, direct(`close${opener.name}`, opener, opener.close));
  }
  for (const [name, body] of Object.entries(CLEAN_WAYS)) {
    add(name, [`export async function ${name}({ path, directory, port }, ctx) {`, body, 'await pause(1);', '}']);
  }
  const module = join(folder, 'mixed.mjs');
  await writeFile(module, `${lines.join('\n')}\n`);
  for (const { path, directory } of types) {
    await mkdir(directory);
    await writeFile(path, 'something to read\n');
  }
  return { module, types };
}

function direct(name: string, { open, ready = '' }: Opener, end: string): string[] {
  return [`export async function ${name}({ path, directory, port }) {`, open, ready, 'await pause(1);', end, '}'];
}

function below(name: string, { open, ready = '' }: Opener, end: string): string[] {
  return [
    `async function ${name}Opens({ path, directory, port }) {`,
    'await pause(1);',
    open,
    ready,
    'return it;',
    '}',
    `export async function ${name}(input) {`,
    `const it = await ${name}Opens(input);`,
    'await pause(1);',
    end,
    '}',
  ];
}
