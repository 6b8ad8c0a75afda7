import { extname, resolve } from 'node:path';
import { type LilconfigResult, type LoadersSync, lilconfigSync } from 'lilconfig';
import { shortPath } from '../render/places.js';
import { sentence } from '../sentence.js';
import { UsageError } from '../usage-error.js';
import { importConfig } from './import-config.js';

/** A config file and what is in it, not looked at yet. */
export interface FoundConfig {
  /** Its absolute path. */
  file: string;
  content: unknown;
}

/** In this order, in each directory: a file of its own was made on purpose, a key of package.json may have come with a template. */
const searchPlaces = [
  'plustwo.config.json',
  'plustwo.config.mjs',
  'plustwo.config.js',
  'plustwo.config.cjs',
  '.plustworc',
  '.plustworc.json',
  'package.json',
];

/** Stands for what has to be imported, which takes a promise; the search does without, since a short run waits for it. */
const code = Symbol('code');
const isCode = (): typeof code => code;

/** Finds the config file from `cwd` upwards, as far as the home directory or the root; `undefined` if there is none. */
export async function findConfig(cwd: string): Promise<FoundConfig | undefined> {
  const found = searcher(cwd).search(cwd);
  return found === null ? undefined : contentOf(found, cwd);
}

/** Reads this config file. */
export async function openConfig(given: string, cwd: string): Promise<FoundConfig> {
  const file = resolve(cwd, given);
  if (!['.json', '.mjs', '.js', '.cjs', ''].includes(extname(file))) {
    throw new UsageError(`Expected --config to be a file that ends with .json, .mjs, .js or .cjs, got '${given}'.`);
  }
  return contentOf(load(file, given, cwd), cwd);
}

function load(file: string, given: string, cwd: string): LilconfigResult & object {
  try {
    // Never null: only a search may find nothing.
    return searcher(cwd).load(file) as LilconfigResult & object;
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(sentence(`Cannot read --config ${given}: ${(error as Error).message}`), undefined, {
      cause: error,
    });
  }
}

async function contentOf(
  { filepath: file, config, isEmpty }: LilconfigResult & object,
  cwd: string,
): Promise<FoundConfig> {
  if (isEmpty === true) throw new UsageError(`${shortPath(file, cwd)} is empty.`, notThis);
  if (config === null && file.endsWith('package.json')) {
    throw new UsageError(`${shortPath(file, cwd)} has no key 'plustwo'.`);
  }
  return { file, content: config === code ? await importConfig(file, cwd) : (config as unknown) };
}

/** An empty file is found as well: passed over, it would leave whoever wrote it to wonder. */
function searcher(cwd: string): ReturnType<typeof lilconfigSync> {
  return lilconfigSync('plustwo', {
    searchPlaces,
    loaders: loaders(cwd),
    cache: false,
    ignoreEmptySearchPlaces: false,
  });
}

function loaders(cwd: string): LoadersSync {
  const parse = (file: string, text: string): unknown => {
    try {
      return JSON.parse(text.replace(/^\uFEFF/, ''));
    } catch (error) {
      throw new UsageError(sentence(`${shortPath(file, cwd)} is not JSON: ${(error as Error).message}`), notThis, {
        cause: error,
      });
    }
  };
  return { '.json': parse, noExt: parse, '.mjs': isCode, '.js': isCode, '.cjs': isCode };
}

/** The command to run next for whoever has never heard of the file. */
const notThis = 'To run without a config file: --no-config';
