import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import compress from '../handlers/compress.js';
import type { Contender } from '../pools/pool.js';
import type { Setting } from './bench.js';
import { type Command, runCommand } from './command.js';
import { sampleFiles } from './sample-files.js';

const path = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url));
const HANDLER = path('../handlers/compress.js');

/** Runs the compress handler over the files of `<directory>/files` with one contender's command and checks the output. */
export async function runFiles(contender: Contender, setting: Setting): Promise<{ wallMs: number; cpuMs: number }> {
  const files = await sampleFiles(join(setting.directory, 'files'));
  const directory = await mkdtemp(join(setting.directory, 'run-'));
  const command: Command = { argv: argvFor(contender, setting), cwd: setting.directory, directory };
  if (contender === 'xargs') await writeFile(join(directory, 'list'), files.join('\0'));
  const reading = await runCommand(contender === 'xargs' ? { ...command, stdin: join(directory, 'list') } : command);
  checkOutput(await readFile(join(directory, 'stdout'), 'utf8'), files);
  return reading;
}

function argvFor(contender: Contender, { threads, directory, isolation }: Setting): readonly string[] {
  const node = process.execPath;
  switch (contender) {
    case 'plustwo':
      return [
        ...[node, path('../../bundle/main.js'), 'run', HANDLER, 'files/*.txt', '--threads', String(threads)],
        ...(isolation === undefined ? [] : ['--isolation', isolation]),
      ];
    case 'piscina sync':
    case 'piscina async':
    case 'piscina disabled': {
      const atomics = contender.replace('piscina ', '');
      return [node, path('../scripts/piscina-files.js'), HANDLER, join(directory, 'files'), String(threads), atomics];
    }
    case 'xargs':
      return ['xargs', '-0', '-P', String(threads), '-n', '1', node, path('../scripts/one-file.js')];
    default:
      throw new Error(`${contender} has no command`);
  }
}

/** Every contender prints one JSON object per file, with its input and its value, in any order. */
function checkOutput(output: string, files: readonly string[]): void {
  const values = new Map<string, string>();
  for (const line of output.trim().split('\n')) {
    const { input, value } = JSON.parse(line) as { input: string; value: string };
    values.set(basename(input), value);
  }
  for (const file of files) {
    if (values.get(basename(file)) !== compress(file)) throw new Error(`the output for ${file} is missing or wrong`);
  }
}
