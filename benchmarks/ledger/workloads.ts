/** Something whose cost is measured with tracking and without. */
export interface Workload {
  readonly name: string;
  /** The question, as the first column of the table of goals. */
  readonly work: string;
  /** A module beside these, and its export. */
  readonly handler: readonly [file: string, name: string];
  /** One thread where a task is a long loop, so that nothing but the loop is measured; all of them where tasks are many and short. */
  readonly threads: 'one' | 'all';
  /** Tasks submitted at once, and how often. */
  readonly tasks: number;
  readonly waves: number;
  /** What a task is given: the file or the server and how often, or a number. */
  readonly input: { readonly from: 'file' | 'server'; readonly times: number } | 'index' | 'steps';
  /** The ratio that may not be exceeded, and whether its upper bound has to stay below it. */
  readonly most: number;
  readonly of: 'ratio' | 'upper bound';
}

export const WORKLOADS: readonly Workload[] = [
  {
    name: 'open-close',
    work: 'openSync, readSync, closeSync in a loop',
    handler: ['loops', 'openReadClose'],
    threads: 'one',
    tasks: 4,
    waves: 3,
    input: { from: 'file', times: 20_000 },
    most: 1.25,
    of: 'ratio',
  },
  {
    name: 'promises-open',
    work: '`fs.promises` open, read, close in a loop',
    handler: ['loops', 'promisesOpenReadClose'],
    threads: 'one',
    tasks: 4,
    waves: 3,
    input: { from: 'file', times: 1_000 },
    most: 1.25,
    of: 'ratio',
  },
  {
    name: 'promises-read-file',
    work: '`fs.promises.readFile` in a loop',
    handler: ['loops', 'promisesReadFile'],
    threads: 'one',
    tasks: 4,
    waves: 3,
    input: { from: 'file', times: 1_000 },
    most: 1.25,
    of: 'ratio',
  },
  {
    name: 'keep-alive',
    work: 'http requests over one kept connection',
    handler: ['loops', 'keepAlive'],
    threads: 'one',
    tasks: 4,
    waves: 3,
    input: { from: 'server', times: 1_000 },
    most: 1.05,
    of: 'ratio',
  },
  {
    name: 'trivial',
    work: '100,000 trivial tasks at once',
    handler: ['increment', 'default'],
    threads: 'all',
    tasks: 100_000,
    waves: 5,
    input: 'index',
    most: 1.1,
    of: 'ratio',
  },
  {
    name: 'cpu-1ms',
    work: 'cpu tasks of 1 ms',
    handler: ['spin', 'default'],
    threads: 'all',
    tasks: 300,
    waves: 4,
    input: 'steps',
    most: 1.03,
    of: 'upper bound',
  },
];
