import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Supervisor } from '../runtime/index.js';
import type { Bench } from './harness/bench.js';
import { quantile } from './harness/median.js';
import { bring, type LaneWork, loadWork, type Trouble, UNTIRING } from './lanes/trouble.js';
import { stepsOf } from './ledger/steps.js';

const TASK_MS = 5;
/** What is asked of the lane that is looked at: a task of its own so often. */
const ASK_EVERY_MS = 4;
/** Enough for all threads to come up, and for what they run to be compiled. */
const WARM_UP = 100;
const WARM_UP_MS = 500;
const LOOK_MS = 10;
/** Slots that both kinds have while both are in use. */
const IO_THREADS = 2;
const OUTSIDE = fileURLToPath(new URL('./lanes/outside.js', import.meta.url));

/** What trouble in one lane does to tasks of the other. */
export function lanes(trouble: Trouble, { seconds, pairs }: { seconds: number; pairs: number }): Bench {
  const isCpu = trouble.startsWith('cpu');
  return {
    name: `lanes-${trouble.replace(' ', '-')}`,
    work: `wait of ${isCpu ? 'io' : 'cpu'} tasks beside a lane that is ${trouble}`,
    note: `The other lane is asked for a small task every ${String(ASK_EVERY_MS)} ms; its wait is from submission to start. Inside, the trouble is in the same supervisor. Outside, it is in another process that has as many threads as the troubled lane has here, so that the cores are as busy. ${String(pairs)} pairs of ${String(seconds)} s each, who goes first changes from pair to pair; percentiles are of all pairs together.`,
    contenders: ['plustwo'],
    peers: [],
    rank: { metric: 'ratio', best: 'lowest' },
    metrics: {
      insideMs: { label: 'wait p99 ms, trouble inside', digits: 2, over: 'median' },
      outsideMs: { label: 'wait p99 ms, trouble outside', digits: 2, over: 'median' },
      ratio: { label: 'inside / outside', digits: 2, over: 'median' },
    },
    goals: () => [
      { metric: 'ratio', of: { label: 'equal load from outside', value: 1 }, sense: 'at most', times: 1.2 },
    ],
    prepare: ({ quick }) => ({ steps: stepsOf(TASK_MS), ms: quick ? 200 : 1_000 * seconds, times: quick ? 1 : pairs }),
    measure: async (_contender, { threads, figures: { steps = NaN, ms = NaN, times = NaN } }) => {
      const side = new Sides(trouble, threads, steps);
      await side.open();
      for (let pair = 0; pair < times; pair++) {
        const order = ['inside', 'outside'] as const;
        for (const where of pair % 2 === 0 ? order : order.toReversed()) await side.measure(where, ms);
      }
      await side.close();
      const [insideMs, outsideMs] = [quantile(side.waits.inside, 0.99), quantile(side.waits.outside, 0.99)];
      return { insideMs, outsideMs, ratio: insideMs / outsideMs };
    },
  };
}

/** The supervisor that is looked at, and the process that makes the same trouble beside it. */
class Sides {
  readonly waits = { inside: [] as number[], outside: [] as number[] };
  readonly #trouble: Trouble;
  readonly #steps: number;
  readonly #supervisor: Supervisor;
  readonly #outside: ChildProcess;
  readonly #asks: 'askIo' | 'askCpu';
  #work: LaneWork | undefined;
  #where: 'inside' | 'outside' | undefined;

  constructor(trouble: Trouble, threads: number, steps: number) {
    this.#trouble = trouble;
    this.#steps = steps;
    this.#asks = trouble.startsWith('cpu') ? 'askIo' : 'askCpu';
    this.#supervisor = new Supervisor({ threads, restart: UNTIRING });
    const own = trouble.startsWith('cpu') ? threads - IO_THREADS : IO_THREADS;
    this.#outside = fork(OUTSIDE, [trouble, String(own), String(steps)]);
  }

  async open(): Promise<void> {
    await once(this.#outside, 'message');
    this.#work = await loadWork(this.#supervisor);
    this.#supervisor.on('settled', ({ task, outcome, usage }) => {
      if (this.#where === undefined || task !== this.#asks) return;
      if (outcome !== 'ok') throw new Error(`a task of the lane that is well ended ${outcome}`);
      this.waits[this.#where].push(usage.waitMs);
    });
    const { busyCpu } = this.#work;
    await Promise.all(Array.from({ length: WARM_UP }, () => busyCpu(this.#steps)));
    await this.#ask(WARM_UP_MS);
    await this.#allUp();
  }

  async measure(where: 'inside' | 'outside', ms: number): Promise<void> {
    const end = where === 'inside' ? await bring(this.#trouble, this.#lane(), this.#steps) : await this.#beginOutside();
    // Asked a while before it counts: the lane is in use by then, and its threads are its own.
    await this.#ask(ms / 4);
    this.#where = where;
    await this.#ask(ms);
    this.#where = undefined;
    await end();
    await this.#allUp();
  }

  /** Threads that were ended with what hung in them are replaced; that is not waited for in the other side's time. */
  async #allUp(): Promise<void> {
    const isUp = (state: string): boolean => state === 'idle' || state === 'busy';
    while (!this.#supervisor.snapshot().threads.every(({ state }) => isUp(state))) await wait(LOOK_MS);
  }

  async close(): Promise<void> {
    await this.#supervisor.close({ timeout: 0 });
    const gone = once(this.#outside, 'exit');
    this.#outside.send('close');
    await gone;
  }

  #lane(): LaneWork {
    if (this.#work === undefined) throw new Error('the sides are not open');
    return this.#work;
  }

  async #beginOutside(): Promise<() => Promise<void>> {
    await this.#tell('begin');
    return () => this.#tell('end');
  }

  async #tell(wish: string): Promise<void> {
    const done = once(this.#outside, 'message');
    this.#outside.send(wish);
    await done;
  }

  async #ask(ms: number): Promise<void> {
    const work = this.#lane();
    const answers: Promise<unknown>[] = [];
    const began = performance.now();
    for (let asked = 0; performance.now() < began + ms; asked++) {
      answers.push(this.#asks === 'askIo' ? work.askIo() : work.askCpu(Math.round(this.#steps / 20)));
      await wait(Math.max(0, began + (asked + 1) * ASK_EVERY_MS - performance.now()));
    }
    await Promise.all(answers);
  }
}
