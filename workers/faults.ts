import fs from 'node:fs';
import { setTimeout } from 'node:timers';
import { setTimeout as wait } from 'node:timers/promises';
import type { Attempt } from './attempt.js';
import type { AnyHandler } from './handler.js';
import { delayOf, FAULT_CODE, FAULT_EXIT_CODE, type FaultKind, type FaultTerms, faultOf } from './protocol/faults.js';

/** What an injected fault throws where it throws. Callers get it as a plain error with these properties. */
class InjectedFault extends Error {
  override readonly name = 'InjectedFault';
  readonly code = FAULT_CODE;
  readonly fault: FaultKind;
  readonly seed: number;
  readonly taskId: number;
  readonly attempt: number;

  constructor(fault: FaultKind, { seed, taskId, attempt }: Victim) {
    super(`Injected fault '${fault}': seed ${seed}, task ${taskId}, attempt ${attempt}`);
    this.fault = fault;
    this.seed = seed;
    this.taskId = taskId;
    this.attempt = attempt;
  }
}

/** The attempt a fault is injected into. */
interface Victim {
  readonly seed: number;
  readonly taskId: number;
  readonly attempt: number;
}

/** Makes a handler with a fault in it. */
type Injection = (run: AnyHandler, victim: Victim) => AnyHandler;

const INJECTIONS: Readonly<Record<FaultKind, Injection>> = {
  throw: (_run, victim) => () => {
    throw new InjectedFault('throw', victim);
  },
  reject: (run, victim) => async (input, context) => {
    await run(input, context);
    throw new InjectedFault('reject', victim);
  },
  exit: () => () => process.exit(FAULT_EXIT_CODE),
  uncaught: (_run, victim) => () => {
    setTimeout(() => {
      throw new InjectedFault('uncaught', victim);
    }, 0);
    return new Promise(() => undefined);
  },
  // Deaf to its signal: whoever hangs in earnest is, and one that stops when asked would leave untested what the grace is for.
  hang: () => () => new Promise(() => undefined),
  loop: () => () => {
    for (;;);
  },
  memory: () => () => {
    const hoard: number[][] = [];
    // A megabyte at a time: of small things the collector would look at each, again and again, before it gave up.
    for (;;) hoard.push(new Array<number>(131_072).fill(hoard.length));
  },
  // Node's own binary: the one file that is sure to be there and readable, and that no task is likely to open.
  leak: (run) => async (input, context) => {
    // Off the stack of whoever called us: the line that is noted would be one of the pool's.
    await Promise.resolve();
    fs.openSync(process.execPath, 'r');
    return await run(input, context);
  },
  delay:
    (run, { seed, taskId, attempt }) =>
    async (input, context) => {
      await wait(delayOf(seed, taskId, attempt));
      return await run(input, context);
    },
  segfault: () => () => {
    // Windows has no such signal to send; there the process ends just as suddenly.
    process.kill(process.pid, process.platform === 'win32' ? 'SIGKILL' : 'SIGSEGV');
    // The signal may hit another thread first, and this one must not go on meanwhile.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  },
};

/** Injects faults into the attempts of this thread. Made only where the supervisor's `faults` ask for it. */
export class Faults {
  readonly #terms: FaultTerms;

  constructor(terms: FaultTerms) {
    this.#terms = terms;
  }

  /** The handler an attempt is to run: its own, or with a fault in it. */
  into({ id: taskId, attempt }: Attempt, run: AnyHandler): AnyHandler {
    const kind = faultOf(this.#terms, taskId, attempt);
    return kind === undefined ? run : INJECTIONS[kind](run, { seed: this.#terms.seed, taskId, attempt });
  }
}
