import { PROBATION_MS } from '../../runtime/attempts/solitude.js';
import { MOST_DEATHS } from '../../runtime/blame.js';
import type { Core } from '../../runtime/core.js';
import { ThreadLostError } from '../../runtime/errors.js';
import type { Thread } from '../../runtime/threads/thread.js';
import type { Account } from './books.js';
import type { FakeThread } from './fake-thread.js';

/** From its dispatch to its start an attempt waits for less than this. */
const SLACK_MS = 1_000;

/** What the oracle holds against one task. */
export interface Charges {
  /** Threads it has ended, as far as that is proven. */
  deaths: number;
  /** The thread that died under it and others, if nothing has been made of that yet. */
  suspectOf: FakeThread | undefined;
  /** Starts that are no attempts, because somebody else may have ended them. */
  cutShort: number;
  /** When the attempt it is at began, if it has to be alone. */
  aloneSince: number | undefined;
  /** Whether it is known what its last start came to. */
  isJudged: boolean;
}

/** Nothing is held against it. */
export function noCharges(): Charges {
  return { deaths: 0, suspectOf: undefined, cutShort: 0, aloneSince: undefined, isJudged: true };
}

/**
 * Says who is to blame for the death of a thread, from what really ran in it, and compares the core's verdicts: a suspect runs alone, an
 * innocent is never charged, the second death is the last.
 */
export class BlameOracle {
  readonly #now: () => number;
  readonly #open: ReadonlySet<Account>;
  readonly #violated: (what: string) => void;
  /** Threads that take nothing more, for what has happened in them: who was in such a one when it dies need not have done it. */
  readonly #condemned = new Set<Thread>();
  /** Deaths of several that one of them has been charged with. */
  readonly #charged = new Set<FakeThread>();
  /** No further attempts are given. */
  isOver: () => boolean = () => false;
  /** How often it came to that. */
  readonly tally = { 'cut short': 0, 'ran alone': 0, 'found out': 0 };

  constructor(parts: { now: () => number; open: ReadonlySet<Account>; violated: (what: string) => void }) {
    this.#now = parts.now;
    this.#open = parts.open;
    this.#violated = parts.violated;
  }

  /** Has it see which threads are condemned. */
  listen({ threads }: Core): void {
    const retire = threads.retire.bind(threads);
    threads.retire = (slot) => {
      retire(slot);
      if (slot.isCondemned && slot.thread !== undefined) this.#condemned.add(slot.thread);
    };
  }

  /** A task goes back into its lane although its attempt had started. */
  putBack({ task, starts, last, charges }: Account): void {
    if (last === undefined || last.written !== undefined || !last.thread.loop.stopped) {
      this.#violated(`P4: task ${task.id} was put back though attempt ${task.attempt} had started`);
      return;
    }
    this.tally['cut short']++;
    starts[task.attempt] = (starts[task.attempt] ?? 1) - 1;
    charges.cutShort++;
    charges.isJudged = true;
    if (last.thread.state !== 'gone') return;
    if (this.#ranAlone(last.thread))
      this.#violated(`poison: task ${task.id} ended its thread alone and was not charged`);
    charges.suspectOf = last.thread;
  }

  /** An attempt is about to start; others run in its thread already, or none. */
  started(thread: FakeThread, account: Account): void {
    const { task, charges } = account;
    this.#judge(account, true);
    charges.isJudged = false;
    if (charges.deaths >= MOST_DEATHS) this.#violated(`poison: task ${task.id} starts after two deaths`);
    charges.aloneSince = undefined;
    const { running } = thread.runner;
    if (charges.deaths > 0 || charges.suspectOf !== undefined) {
      this.tally['ran alone']++;
      charges.aloneSince = this.#now();
      if (running > 0) this.#violated(`poison: task ${task.id} has to be alone and starts beside ${running} others`);
    }
    if (running === 0) return;
    for (const { task: other, last, charges: their } of this.#open) {
      if (other.id === task.id || last?.thread !== thread || last.written !== undefined) continue;
      if (this.#now() < (their.aloneSince ?? Number.NEGATIVE_INFINITY) + PROBATION_MS - SLACK_MS)
        this.#violated(`poison: task ${task.id} starts beside task ${other.id}, which has to be alone`);
    }
  }

  /** Somebody asks a task to stop; what its last start came to is known if it is at another attempt by now. */
  asked(account: Account): void {
    if ((account.last?.attempt ?? Number.POSITIVE_INFINITY) < account.task.attempt) this.#judge(account, true);
  }

  /** A task is settled, and its caller about to be told. */
  settled(account: Account): void {
    this.#judge(account, false);
  }

  /** Its caller is told. */
  told({ task, charges, asked }: Account, error: unknown): void {
    if (!(error instanceof ThreadLostError) || !error.started) return;
    const { ended } = error;
    if (ended !== undefined) {
      if (ended !== charges.deaths)
        this.#violated(`poison: task ${task.id} is charged with ${ended} deaths, ${charges.deaths} are its own`);
      if (ended >= MOST_DEATHS) this.tally['found out']++;
    } else if (!this.isOver() && asked?.attempt !== task.attempt && task.attempt < task.plan.retry.attempts)
      this.#violated(`poison: task ${task.id} is innocent, has attempts left and is lost`);
  }

  /** What its last start came to, now that something follows. */
  #judge({ task, last, asked, charges }: Account, goesOn: boolean): void {
    if (last === undefined || charges.isJudged) return;
    charges.isJudged = true;
    const { thread, written, attempt } = last;
    const wasStopped = asked?.attempt === attempt;
    const exited = written?.ok === false && written.failure.status === 'exited';
    const died = written === undefined && thread.state === 'gone' && this.#ranAlone(thread);
    if (!wasStopped && (exited || died)) this.#charge(charges);
    else if (goesOn) {
      charges.suspectOf = undefined;
      if (!wasStopped && written === undefined)
        this.#violated(`poison: task ${task.id} is charged with an attempt that somebody else may have ended`);
    }
  }

  #charge(charges: Charges): void {
    const { suspectOf } = charges;
    charges.deaths++;
    charges.suspectOf = undefined;
    if (suspectOf === undefined) return;
    if (!this.#charged.has(suspectOf)) {
      charges.deaths++;
      charges.cutShort--;
    }
    this.#charged.add(suspectOf);
  }

  #ranAlone(thread: FakeThread): boolean {
    return thread.runner.running === 1 && !this.#condemned.has(thread);
  }
}
