import { closeSync, openSync, readSync } from 'node:fs';
import spin from '../handlers/spin.js';

/** Every so many tasks one opens a file, and closes it: it must not be accused. */
const FILE_EVERY = 50;
const MOST_STEPS = 2_000;

/** What a task of that index has to answer: by turns a number, text, an object and bytes, since each travels another way. */
export function answerTo(index: number): unknown {
  const result = spin(index % MOST_STEPS) ^ index;
  switch (index % 4) {
    case 0:
      return result;
    case 1:
      return `task ${String(index)}: ${String(result)}`;
    case 2:
      return { index, results: [result, { half: result / 2 }] };
    default:
      return Uint8Array.of(index, result);
  }
}

/** Does the work of a task. */
export function workOn(index: number): unknown {
  if (index % FILE_EVERY === 0) {
    const file = openSync(process.execPath, 'r');
    readSync(file, new Uint8Array(4));
    closeSync(file);
  }
  return answerTo(index);
}
