import type { Core } from '../../runtime/core.js';
import { ClosedError, QueueFullError, RetryBudgetError, ThreadLostError } from '../../runtime/errors.js';
import type { StopWish, Task } from '../../runtime/task.js';
import type { Outcome } from '../../workers/protocol/outcome.js';
import { Claim } from '../../workers/protocol/recorder.js';
import { BlameOracle, type Charges, noCharges } from './blame-oracle.js';
import type { Ended } from './fake-memory.js';
import type { FakeThread } from './fake-thread.js';
import { GateOracle } from './gate-oracle.js';
import { RetryOracle } from './retry-oracle.js';

/** What became of one task, as seen from outside the core. */
export interface Account {
  readonly task: Task;
  readonly typicalMs: number;
  /** Starts in threads, by number of attempt; place 0 is not used. */
  readonly starts: number[];
  started: number;
  /** Where it started last, and how that ended in the thread. */
  last: { readonly thread: FakeThread; readonly attempt: number; written: Ended | undefined } | undefined;
  accepted: boolean;
  settled: number;
  /** The metrics know of its end. */
  metered: boolean;
  /** The thread that declined it last, and how often it did. */
  declined: { readonly thread: FakeThread; readonly times: number } | undefined;
  /** The first reason to stop it that came up at its attempt, and when. */
  asked: { readonly attempt: number; readonly cause: StopWish; readonly at: number } | undefined;
  /** Starts that are no attempts, because what they called was down. */
  turnedBack: number;
  /** It was with a thread and came back. */
  wasPutBack: boolean;
  /** What is held against it for the deaths of threads. */
  readonly charges: Charges;
}

/** The truth about a run, kept apart from the core's own books: what was submitted, what really started, what was told to callers. */
export class Books {
  readonly accounts = new Map<number, Account>();
  /** Accounts of tasks that are not settled. */
  readonly open = new Set<Account>();
  readonly threads: FakeThread[] = [];
  #alive: FakeThread[] = [];
  /** What happened how often. */
  readonly tally = {
    ok: 0,
    failed: 0,
    cancelled: 0,
    'timed-out': 0,
    lost: 0,
    moved: 0,
    full: 0,
    stood: 0,
    retried: 0,
    declined: 0,
    'held back': 0,
    'successor lost': 0,
    'died meanwhile': 0,
    'closed meanwhile': 0,
  };
  readonly #now: () => number;
  #core: Core | undefined;
  /** The first thing that was wrong. */
  violation: string | undefined;
  /** Threads that had an accident nobody asked for: deaths, and demands to be replaced. */
  readonly accidents = new Set<FakeThread>();
  /** From here on no thread may be started. */
  noMoreThreads = false;
  closing = false;
  /** When each kind last came into its lane; longer ago than any time is never. */
  readonly pushedAt = { cpu: Number.NEGATIVE_INFINITY, io: Number.NEGATIVE_INFINITY };
  /** The books are being compared; threads hold still meanwhile. */
  comparing = false;
  readonly blame: BlameOracle;
  gates: GateOracle | undefined;
  readonly retries: RetryOracle;

  constructor(now: () => number) {
    this.#now = now;
    const violated = (what: string): void => {
      this.violated(what);
    };
    this.blame = new BlameOracle({ now, open: this.open, violated });
    this.retries = new RetryOracle({ now, violated });
    this.blame.isOver = () => this.closing || this.core.broken !== undefined;
  }

  get core(): Core {
    if (this.#core === undefined) throw new Error('The core is asked for before it is made');
    return this.#core;
  }

  set core(core: Core) {
    this.#core = core;
    this.blame.listen(core);
    this.gates = new GateOracle(this, core);
  }

  violated(what: string): void {
    this.violation ??= `at ${this.#now().toFixed(3)} ms: ${what}`;
  }

  submitted(task: Task, typicalMs: number): void {
    const account: Account = {
      task,
      typicalMs,
      starts: [],
      started: 0,
      last: undefined,
      accepted: false,
      settled: 0,
      metered: false,
      declined: undefined,
      asked: undefined,
      turnedBack: 0,
      wasPutBack: false,
      charges: noCharges(),
    };
    this.accounts.set(task.id, account);
    this.open.add(account);
  }

  /** P2: the limit holds at the moment of acceptance. */
  accepted(task: Task): void {
    const account = this.#of(task.id);
    account.accepted = true;
    if (task.submittedAt < this.#now()) this.tally.stood++;
    const waiting = this.waiting();
    if (waiting > this.core.maxQueue)
      this.violated(`P2: task ${task.id} was accepted as number ${waiting} of ${this.core.maxQueue} waiting`);
  }

  threadMade(thread: FakeThread): void {
    const { slot, generation } = thread;
    if (this.noMoreThreads)
      this.violated(`P5: thread ${slot}/${generation} was started after the end of all threads had begun`);
    if (this.core.broken !== undefined)
      this.violated(`P5: thread ${slot}/${generation} was started after the supervisor had given up`);
    const others = this.alive().filter((other) => other.slot === slot);
    const { thread: present, isDouble } = this.core.slots[slot] ?? {};
    for (const other of others) {
      const isLeftBehind = isDouble === true && other.state === 'ending';
      if (other !== present && !isLeftBehind)
        this.violated(`slot ${slot} got thread ${generation} while ${other.generation} is still there`);
    }
    this.threads.push(thread);
    this.#alive.push(thread);
    const alive = this.alive().length;
    const most = this.core.slots.length + 1;
    if (alive > most) this.violated(`${alive} threads are alive, ${most} may be`);
  }

  /** Threads that are not over. */
  alive(): readonly FakeThread[] {
    if (this.#alive.some(({ isOver }) => isOver)) this.#alive = this.#alive.filter(({ isOver }) => !isOver);
    return this.#alive;
  }

  /** A thread handed an attempt back unstarted. Nobody is to give it the same one over and over. */
  declined(thread: FakeThread, id: number): void {
    this.tally.declined++;
    const account = this.#of(id);
    const again = account.declined?.thread === thread ? account.declined.times + 1 : 1;
    account.declined = { thread, times: again };
    if (again > 3) this.violated(`thread ${thread.slot}/${thread.generation} has declined task ${id} ${again} times`);
    if (account.task.plan.transfer !== undefined && !thread.runner.isClosed)
      this.violated(`P4: task ${id} was declined though its input had been moved`);
  }

  /** P1: a task starts only when it may, and once per attempt. Answers how long it typically takes. */
  started(thread: FakeThread, id: number, attempt: number): number {
    const account = this.#of(id);
    const { task, charges } = account;
    this.blame.started(thread, account);
    this.gates?.starts(task);
    const again = (account.starts[attempt] = (account.starts[attempt] ?? 0) + 1);
    account.started++;
    if (account.started === 1) this.retries.called();
    if (attempt > 1) this.tally.retried++;
    account.last = { thread, attempt, written: undefined };
    if (again > 1) this.violated(`P1: attempt ${attempt} of task ${id} started ${again} times`);
    if (account.settled > 0) this.violated(`P1: task ${id} started after it had been settled`);
    if (!account.accepted) this.violated(`P1: task ${id} started and was never accepted`);
    if (attempt !== task.attempt) this.violated(`task ${id} started attempt ${attempt} while it is at ${task.attempt}`);
    const attempts = account.started - charges.cutShort - account.turnedBack;
    if (attempts > task.plan.retry.attempts)
      this.violated(`P1: task ${id} started ${attempts} times, ${task.plan.retry.attempts} are allowed`);
    return account.typicalMs;
  }

  /** A task whose turn had come is not accepted any more. */
  heldBack(task: Task): void {
    this.tally['held back']++;
    const account = this.#of(task.id);
    account.accepted = false;
    account.wasPutBack = true;
    if (account.started > 0) this.violated(`P1: task ${task.id} was held back after it had begun`);
  }

  /** P4: only what has not started goes back into its lane, or what somebody else may have ended. */
  putBack(task: Task): void {
    this.tally.moved++;
    const account = this.#of(task.id);
    account.wasPutBack = true;
    const { starts, settled } = account;
    if (settled > 0) this.violated(`P1: task ${task.id} was put back into its lane after it had been settled`);
    if ((starts[task.attempt] ?? 0) > 0) this.blame.putBack(account);
  }

  /** A task is parked because what its attempt called is down: it was no attempt. */
  turnedBack(task: Task): void {
    const account = this.#of(task.id);
    const { last, starts } = account;
    account.turnedBack++;
    starts[task.attempt] = (starts[task.attempt] ?? 1) - 1;
    if (last?.written?.ok !== false || last.written.failure.status !== 'circuit-open')
      this.violated(`P4: task ${task.id} was parked for what it called, and its attempt had not ended so`);
  }

  /** The metrics are told that an accepted task is settled. */
  metered(task: Task): void {
    const account = this.#of(task.id);
    if (account.metered) this.violated(`P1: task ${task.id} was metered twice`);
    account.metered = true;
  }

  /** The core is told to stop a task. */
  asked(task: Task, cause: StopWish): void {
    const account = this.#of(task.id);
    this.blame.asked(account);
    if (account.asked?.attempt !== task.attempt) account.asked = { attempt: task.attempt, cause, at: this.#now() };
  }

  /** A thread hands an attempt back because its deadline has passed. */
  late(id: number): void {
    this.gates?.late(this.#of(id).task, this.#now());
  }

  ended(thread: FakeThread, id: number, written: Ended): void {
    const { last } = this.#of(id);
    if (last?.thread === thread) last.written = written;
  }

  settledOk(task: Task, value: unknown): void {
    const account = this.#settled(task, 'ok');
    const { written } = account.last ?? {};
    if (this.core.broken !== undefined)
      this.violated(`P5: task ${task.id} settled ok after the supervisor had given up`);
    if (value !== task.id) this.violated(`task ${task.id} was given the result of task ${String(value)}`);
    if (written?.ok !== true) this.violated(`task ${task.id} settled ok, its attempt had not ended so`);
  }

  settledBad(task: Task, outcome: Exclude<Outcome, 'ok'>, error: unknown): void {
    const account = this.#settled(task, outcome);
    const { broken } = this.core;
    if (broken !== undefined && account.asked === undefined && error !== broken) {
      this.violated(`P5: task ${task.id} was pending when the supervisor gave up, and is told ${String(error)}`);
    }
    if (error instanceof QueueFullError) this.#turnedAway(account, outcome === 'failed');
    if (error instanceof ClosedError && !account.accepted)
      this.#turnedAway(account, outcome === 'cancelled' && this.closing);
    if (error instanceof ClosedError && error.started !== account.started > 0)
      this.violated(`task ${task.id} is told started: ${error.started} by close, which is wrong`);
    if (error instanceof ThreadLostError) this.#lost(account, error);
    this.blame.told(account, error);
    this.gates?.told(account, error);
    if (error instanceof RetryBudgetError && error.dependency === null) this.retries.refused(task.id);
    const { last } = account;
    if (account.asked?.attempt !== task.attempt && last?.attempt === task.attempt && last.written?.ok === true)
      this.violated(`P4: task ${task.id} had ended ok and was settled ${outcome}: ${String(error)}`);
  }

  /** P4: only what had started on a thread that is gone, or went away by itself, may be lost with it. */
  #lost({ task, last, started }: Account, error: ThreadLostError): void {
    if (!error.started) {
      if (task.plan.transfer === undefined) this.violated(`P4: task ${task.id} had not started and was lost`);
      return;
    }
    if (last === undefined || started === 0) {
      this.violated(`P4: task ${task.id} was lost as started, and never started`);
      return;
    }
    const wentByItself = last.written?.ok === false && last.written.failure.status === 'exited';
    if (wentByItself) return;
    if (last.written !== undefined)
      this.violated(`P4: task ${task.id} was lost though its attempt had ended: ${error.message}`);
    if (!last.thread.loop.stopped)
      this.violated(`P4: task ${task.id} was lost while its thread lives: ${error.message}`);
    const byUs = error.message.includes('another attempt');
    if (byUs && !last.thread.loop.blocked)
      this.violated(`P4: task ${task.id} was ended for its neighbour's sake in a thread that listens`);
  }

  #turnedAway({ task, started, accepted }: Account, isRight: boolean): void {
    this.tally.full++;
    if (!isRight || started > 0 || accepted)
      this.violated(`P1: task ${task.id} was turned away wrongly (accepted ${accepted}, started ${started})`);
  }

  #settled(task: Task, outcome: Outcome): Account {
    const account = this.#of(task.id);
    this.tally[outcome]++;
    account.settled++;
    this.open.delete(account);
    if (account.metered !== account.accepted)
      this.violated(
        `the metrics are wrong about task ${task.id}: accepted ${account.accepted}, metered ${account.metered}`,
      );
    if (account.settled > 1) this.violated(`P1: task ${task.id} was settled ${account.settled} times`);
    this.blame.settled(account);
    const attempts = account.started - account.charges.cutShort - account.turnedBack;
    if (task.attemptsStarted !== attempts) {
      this.violated(
        `P4: task ${task.id} counts ${task.attemptsStarted} attempts, ${attempts} had started (stop: ${account.asked?.cause.outcome ?? 'none'})`,
      );
    }
    return account;
  }

  /** Tasks accepted and not started, counted anew. */
  waiting(): number {
    let waiting = 0;
    for (const { task } of this.open) {
      if (task.state === 'queued' || task.state === 'parked' || task.state === 'delayed') waiting++;
      else if (task.state === 'dispatched' && this.#isUnstarted(task)) waiting++;
    }
    return waiting;
  }

  /** Whether its thread's memory says of a dispatched task that it has not started. */
  #isUnstarted({ slot, entry }: Task): boolean {
    const memory = (this.core.slots[slot]?.thread as FakeThread | undefined)?.memory;
    return memory?.claims[entry] === Claim.waiting || memory?.isDeclined(entry) === true;
  }

  #of(id: number): Account {
    const account = this.accounts.get(id);
    if (account === undefined) throw new Error(`task ${id} was never submitted`);
    return account;
  }
}
