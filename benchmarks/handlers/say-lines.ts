import type { TaskContext } from '../../workers/task.js';
import { lineOf } from '../logs/log-work.js';

const LINES = 100;

/** Tasks of a hundred lines each, from that of such a number on. They give the characters there were, so that no line is made for nothing. */
export function printLines(from: number): number {
  let characters = 0;
  for (let index = from; index < from + LINES; index++) {
    const line = lineOf(index);
    characters += line.length;
    console.log(line);
  }
  return characters;
}

export function logLines(from: number, { log }: TaskContext): number {
  let characters = 0;
  for (let index = from; index < from + LINES; index++) {
    const line = lineOf(index);
    characters += line.length;
    log.info(line);
  }
  return characters;
}

/** Makes the lines, and says none. */
export function makeLines(from: number): number {
  let characters = 0;
  for (let index = from; index < from + LINES; index++) characters += lineOf(index).length;
  return characters;
}
