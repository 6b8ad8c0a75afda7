import { Core } from '../../runtime/core.js';
import type { BudgetWish } from '../../runtime/dependencies/budgets.js';
import { ClosedError } from '../../runtime/errors.js';
import type { CircuitEvent } from '../../runtime/observe/events.js';
import { drawFaults } from './behaviour.js';
import { Books } from './books.js';
import { contain } from './contain.js';
import { DependencyScenario } from './dependency-scenario.js';
import { FakeThread } from './fake-thread.js';
import type { GateOracle } from './gate-oracle.js';
import { Invariants } from './invariants.js';
import { observe } from './observe.js';
import { OverloadScenario } from './overload-scenario.js';
import { RecycleInvariants } from './recycle-invariants.js';
import { drawHeadroom, drawLimits, drawPace } from './recycle-scenario.js';
import { RestartOracle } from './restart-oracle.js';
import { Chance } from './seeded.js';
import { VirtualClock } from './virtual-clock.js';
import { Workload } from './workload.js';

/** What came of one run. */
export interface Report {
  readonly seed: number;
  /** The first thing that was wrong; undefined when all is well. */
  readonly violation: string | undefined;
  /** How many things happened. */
  readonly steps: number;
  /** A sum over what happened: two runs with the same are the same run. */
  readonly trace: number;
  /** What happened how often. */
  readonly tally: Books['tally'] & Partial<GateOracle['tally']> & Books['blame']['tally'] & Books['retries']['tally'];
  readonly threads: number;
  /** Whether the restart intensity was exceeded. */
  readonly broke: boolean;
  /** Threads that were replaced as planned; among them those whose successor was up before, */
  readonly recycled: number;
  readonly overlaps: number;
  /** and those whose successor was soon where they had been. */
  readonly inVain: number;
}

/** Changes a core before anything is submitted to it; planted bugs are made so. */
export type Tamper = (core: Core, books: Books) => void;

/** One that runs of a few tasks can spend. */
const SMALL_BUDGET = { ratio: 0.2, floorPerSecond: 0 };

/** A run with more steps than this never comes to rest. */
const MOST_STEPS = 50_000;

/** Runs one scenario, drawn from the seed from beginning to end. */
export async function run(seed: number, tamper?: Tamper): Promise<Report> {
  const { stackTraceLimit } = Error;
  // Most of what the core does with an error here is to make it; its stack is the larger part of that.
  Error.stackTraceLimit = 0;
  try {
    const scenario = new Scenario(seed);
    tamper?.(scenario.core, scenario.books);
    return await contain(
      (error) => {
        scenario.books.violated(`nobody caught ${textOf(error)}`);
      },
      () => scenario.run(),
    );
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}

class Scenario {
  readonly core: Core;
  readonly books: Books;
  readonly #seed: number;
  readonly #chance: Chance;
  readonly #clock: VirtualClock;
  readonly #invariants: Invariants;
  readonly #oracle: RestartOracle;
  readonly #workload: Workload;
  readonly #overload: OverloadScenario;
  readonly #closeAt: number | undefined;
  #closed = false;
  #timeUp: () => void = () => undefined;
  #steps = 0;
  #trace = 0;

  constructor(seed: number) {
    const chance = new Chance(seed);
    this.#seed = seed;
    this.#chance = chance;
    this.#clock = new VirtualClock(chance, { grain: chance.pick([0, 0, 1]), lateness: chance.pick([0, 0, 4]) });
    const clock = this.#clock;
    this.books = new Books(() => clock.now());
    const { books } = this;
    const faults = drawFaults(chance);
    const ioConcurrency = chance.whole(1, 6);
    const latency = chance.pick([0, 0.1, 2]);
    const entries = 2 ** Math.ceil(Math.log2(Math.max(chance.pick([4, 8, 16]), 2 * ioConcurrency)));
    const restart = {
      intensity: chance.whole(1, 6),
      period: chance.pick([30, 300, 10_000]),
      total: chance.whole(2, 12),
    };
    const wantsEvents = chance.happens(0.5);
    const recycle = drawLimits(chance, clock);
    const retryBudget = chance.pick<BudgetWish>([{}, false, SMALL_BUDGET, { ...SMALL_BUDGET, floorPerSecond: 0.5 }]);
    books.retries.limit(retryBudget);
    const shared = new DependencyScenario(seed);
    const overload = new OverloadScenario(seed, { clock, books, faults });
    this.#overload = overload;
    const { dependencies } = shared;
    this.core = new Core({
      dependencies,
      threads: chance.whole(1, 4),
      maxQueue: chance.pick([1, 3, 8, 24, 24, 100, 100]),
      ioConcurrency,
      restart,
      retryBudget,
      recycle,
      recycling: { pace: drawPace(chance), remind: clock.remind, headroom: () => drawHeadroom(chance, faults) },
      clock,
      wallClock: () => '',
      typeOf: () => undefined,
      makeThread: (slot, generation, listener, { retire }) => {
        const { table } = this.core.dependencies;
        const calls = { callChance: shared.chance, flaky: shared.flaky, table, retire };
        const thread: FakeThread = new FakeThread(
          { clock, chance, faults, entries, latency, mostHeld: recycle.descriptors, ...calls },
          slot,
          generation,
          listener,
          {
            get comparing() {
              return books.comparing;
            },
            started: (id, attempt) => books.started(thread, id, attempt),
            ended: (id, _attempt, written) => {
              books.ended(thread, id, written);
            },
            declined: (id) => {
              books.declined(thread, id);
            },
            late: (id) => {
              books.late(id);
            },
            calls: () => shared.drawCall(),
            called: (dependency) => {
              books.gates?.called(dependency);
            },
            accident: () => {
              books.accidents.add(thread);
            },
            violated: (what) => {
              books.violated(what);
            },
          },
        );
        books.threadMade(thread);
        return thread;
      },
      ...overload.parts,
      announcer: {
        wants: () => wantsEvents,
        tell: (...[event, first]) => {
          overload.tell(event, this.core);
          if (event === 'circuit') books.gates?.circuit(first as CircuitEvent);
        },
      },
      lines: () => undefined,
      onReady: () => undefined,
      onBroken: () => undefined,
    });
    books.core = this.core;
    this.#closeAt = chance.happens(0.5) ? chance.between(0, 300) : undefined;
    this.#oracle = new RestartOracle(books, restart, () => clock.now());
    this.#oracle.listen(this.core);
    this.#workload = new Workload({
      core: this.core,
      clock,
      chance,
      faults,
      books,
      dependencies: shared,
      overload,
      limited: this.#closeAt === undefined,
      tasks: chance.pick([3, 10, 25, 60]),
    });
    // Where attempts leave more than one descriptor each, or more of them run than may leave one, or some cannot be declined, nothing can hold them.
    const { moves, shares } = this.#workload;
    const isStrict = faults.greed === 1 && !moves && (!shares || ioConcurrency < recycle.descriptors);
    const recycling = new RecycleInvariants(books, this.core, clock, isStrict ? recycle.descriptors : undefined);
    this.#invariants = new Invariants(books, this.core, clock, ioConcurrency, recycling);
    observe(this.core, books, clock);
  }

  async run(): Promise<Report> {
    this.#workload.start();
    // Threads that idle are recycled as well, if they are old enough.
    if (this.#chance.happens(0.1)) this.#clock.at(this.#chance.between(0, 500), () => undefined);
    this.#clock.soon(() => {
      if (!this.books.closing) this.core.threads.startNext();
    });
    if (this.#closeAt !== undefined) {
      this.#clock.at(this.#closeAt, () => {
        this.#beginClose();
      });
    }
    try {
      await this.#untilRest();
      if (!this.books.closing) {
        if (this.books.violation === undefined) this.#invariants.atRest();
        this.#overload.atRest(this.core);
        this.#beginClose();
        await this.#untilRest();
      }
      if (this.books.violation === undefined) this.#atEnd();
    } catch (error) {
      this.books.violated(`thrown: ${textOf(error)}`);
    }
    return this.#report();
  }

  /** Step by step until nothing is going to happen any more, or something is wrong. */
  async #untilRest(): Promise<void> {
    const { books } = this;
    await this.#settle();
    while (books.violation === undefined && this.#clock.step()) {
      const settling = this.#clock.settle();
      if (settling !== undefined) await settling;
      this.#invariants.afterStep();
      this.#oracle.agrees(this.core.broken !== undefined);
      this.#trace = (Math.imul(this.#trace, 31) + Math.round(this.#clock.now() * 1_000) + books.open.size) | 0;
      if (++this.#steps > MOST_STEPS) books.violated(`no rest after ${MOST_STEPS} steps`);
    }
  }

  async #settle(): Promise<void> {
    await this.#clock.settle();
    this.#invariants.afterStep();
  }

  #atEnd(): void {
    if (!this.#closed) this.books.violated('close() never came to its end');
    this.#invariants.atEnd();
    this.#overload.atRest(this.core);
  }

  /** Closes as `Shutdown` does; that one stands on the machine's own timers. */
  #beginClose(): void {
    const { books, core } = this;
    books.closing = true;
    core.admission.close();
    this.#clock.promised = true;
    this.#close().catch((error: unknown) => {
      books.violated(`close() threw ${textOf(error)}`);
    });
    if (this.#chance.happens(0.2)) core.stop.unstarted('cancelled', (started) => new ClosedError(started));
    const forgets = this.#clock.at(this.#chance.pick([0, 5, 100, 1_000]), () => {
      this.#clock.promised = true;
      this.#timeUp();
    });
    this.#forgetTimeout = forgets;
    if (this.#chance.happens(0.5)) this.#workload.submit();
  }

  #forgetTimeout: () => void = () => undefined;

  async #close(): Promise<void> {
    const { core, books } = this;
    const timeUp = new Promise<'time is up'>((resolve) => {
      this.#timeUp = () => {
        resolve('time is up');
      };
    });
    const drained = core.drained();
    if ((await Promise.race([drained, timeUp])) === 'time is up') {
      core.settle.noMoreAttempts();
      core.stop.all('cancelled', (started) => new ClosedError(started));
      books.noMoreThreads = true;
      core.threads.windDown();
      await drained;
    }
    this.#forgetTimeout();
    core.quiet();
    books.noMoreThreads = true;
    await core.threads.close();
    core.quiet();
    this.#closed = true;
  }

  #report(): Report {
    const { books } = this;
    return {
      seed: this.#seed,
      violation: books.violation,
      steps: this.#steps,
      trace: this.#trace,
      tally: { ...books.tally, ...books.gates?.tally, ...books.blame.tally, ...books.retries.tally },
      threads: books.threads.length,
      broke: this.core.broken !== undefined,
      recycled: this.core.threads.recycles.length,
      overlaps: this.core.threads.recycles.filter(({ overlap }) => overlap).length,
      inVain: this.core.threads.recycles.filter(({ helped }) => helped === false).length,
    };
  }
}

function textOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
