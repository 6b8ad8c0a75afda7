import { stepLine } from '../logs/log-work.js';

/** What a short task prints. */
export default function printTenLines(task: number): number {
  for (let step = 0; step < 10; step++) console.log(stepLine(task, step));
  return task;
}
