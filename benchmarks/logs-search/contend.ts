import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runCommand } from '../harness/command.js';
import type { Contender, CorpusShape, SearchReading } from './terms.js';

const path = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url));

/** Has one contender look for the task in `<directory>/logs`, and checks what it found. */
export async function contend(contender: Contender, directory: string, shape: CorpusShape): Promise<SearchReading> {
  const file = join(directory, 'logs', fileName());
  const reading = await runCommand({
    argv: argvFor(contender, directory, file, shape.wanted),
    cwd: directory,
    directory,
  });
  check(contender, await readFile(join(directory, 'stdout'), 'utf8'), shape);
  return reading;
}

/** The name of the generated file. */
export function fileName(): string {
  return 'app/app.2026-11-21T09.log';
}

function argvFor(contender: Contender, directory: string, file: string, task: number): readonly string[] {
  const ours = [
    process.execPath,
    path('../../bundle/main.js'),
    'logs',
    join(directory, 'logs'),
    '--task',
    String(task),
  ];
  switch (contender) {
    case 'plustwo':
      return ours;
    case 'plustwo --json':
      return [...ours, '--json'];
    case 'grep -F':
      return ['grep', '-F', `"task.id":${String(task)},`, file];
    case 'readline':
      return [process.execPath, path('../scripts/readline-search.js'), file, String(task)];
  }
}

/** Everyone has to have found all lines of the task, and nobody more. */
function check(contender: Contender, output: string, { linesPerTask, wanted }: CorpusShape): void {
  const found = output
    .split('\n')
    .filter((line) => (contender === 'plustwo' ? /^ +\+/.test(line) : line !== '')).length;
  if (found !== linesPerTask || !output.includes('the needle in the haystack')) {
    throw new Error(`${contender} found ${String(found)} lines of task ${String(wanted)}, not ${String(linesPerTask)}`);
  }
}
