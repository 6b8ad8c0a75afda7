/** How a task says its lines; `nothing` makes them all the same, so that what that costs can be taken off. */
export type Saying = 'console' | 'ctx.log' | 'nothing';

/** Tasks and their lines. */
export interface LogRun {
  readonly tasks: number;
  readonly linesPerTask: number;
  readonly saying: Saying;
}

/** Characters of a line. */
const LENGTH = 80;
const NAMES = ['customer', 'invoice', 'parcel', 'region', 'shelf', 'supplier', 'receipt', 'contract'];
const ACTIONS = ['read', 'wrote', 'compared', 'moved', 'summed', 'sorted'];
const LETTERS = 26;
const A = 97;

/**
 * A line of 80 characters, the same one for the same number: nineteen of twenty are of a few dozen kinds and differ in their numbers, as what
 * a task says again and again does; the twentieth has a word nobody else has, so it is of a kind of its own.
 */
export function lineOf(index: number): string {
  const name = NAMES[index % NAMES.length] ?? '';
  const action = ACTIONS[index % ACTIONS.length] ?? '';
  const whose = index % 20 === 19 ? wordOf(index) : name;
  const line = `${action} ${whose} ${index} of ${name} in ${index % 97} ms, ${(index * 7919) % 100_003} bytes, next in line is`;
  return line.padEnd(LENGTH, '.');
}

/** A line of a task of the throughput bench: as cheap to make as lines are, so that it is not making them that is measured. */
export function stepLine(task: number, step: number): string {
  return `item ${task}, step ${step}: copied the next part of it and went on, all as it should be`;
}

/** The number in letters: digits would make all of them one kind. */
function wordOf(index: number): string {
  let word = '';
  for (let rest = index; rest > 0; rest = Math.floor(rest / LETTERS)) word += String.fromCharCode(A + (rest % LETTERS));
  return word;
}
