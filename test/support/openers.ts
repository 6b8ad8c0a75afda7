import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Expectation, Place } from './place.js';

/** What every module of test/fixtures/openers exports. */
export interface OpenerModule {
  readonly expected: Expectation;
  /** Opens something, and leaves it open. */
  readonly open: (place: Place) => unknown;
  /** Opens it, and closes it; missing where it cannot be closed. */
  readonly clean?: (place: Place) => unknown;
}

/** One of them. */
export interface Opener {
  readonly name: string;
  readonly url: URL;
  readonly expected: Expectation;
  /** `file:line:` of the user's line that opens it; null where none is expected to be told. */
  readonly line: string | null;
  readonly cleans: boolean;
}

const compiled = new URL('../fixtures/openers/', import.meta.url);
const sources = new URL('../../../test/fixtures/openers/', import.meta.url);

/** All openers that this Node has, by name. */
export async function readOpeners(): Promise<Opener[]> {
  const files = readdirSync(compiled).filter((file) => /\.c?js$/.test(file));
  const all = await Promise.all(files.sort().map(readOpener));
  return all.filter(({ expected }) => expected.available !== false);
}

async function readOpener(file: string): Promise<Opener> {
  const url = new URL(file, compiled);
  const imported = (await import(url.href)) as OpenerModule | { readonly default: OpenerModule };
  const module = 'expected' in imported ? imported : imported.default;
  const { expected } = module;
  const name = file.replace(/\.c?js$/, '');
  const line = expected.line === false ? null : markedLine(file.replace(/\.js$/, '.ts'));
  return { name, url, expected, line, cleans: module.clean !== undefined };
}

/** The line of a source that says it opens. */
function markedLine(file: string): string {
  const path = fileURLToPath(new URL(file, sources));
  const lines = readFileSync(path, 'utf8').split('\n');
  const marked = lines.flatMap((line, index) => (line.endsWith('// opens') ? [index + 1] : []));
  if (marked.length !== 1) throw new Error(`Expected one line of ${path} to end with "// opens", got ${marked.length}`);
  return `${path}:${marked[0]}:`;
}
