import type { TaskContext } from '../../workers/task.js';
import { type LogWork, lineOf } from '../logs/log-work.js';

/** Says its lines, and gives the characters there were, so that no line is made for nothing. */
export default function sayLines({ from, count, saying }: LogWork, context?: TaskContext): number {
  let characters = 0;
  for (let index = from; index < from + count; index++) {
    const line = lineOf(index);
    characters += line.length;
    if (saying === 'console') console.log(line);
    else if (saying === 'ctx.log') context?.log.info(line);
  }
  return characters;
}
