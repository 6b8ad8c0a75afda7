import { Blame, type GroupDeath, MOST_DEATHS } from '../blame.js';
import { ThreadLostError } from '../errors.js';

/** What is known of a host that died. */
export interface Evidence {
  readonly exitCode: number | null;
  /** Name of the signal that ended it. */
  readonly signal: string | null;
  /** What it printed last. */
  readonly output: string;
  /** Whether a task was running in it: begun, and not ended. */
  readonly started: (id: number) => boolean;
}

/** A task that ends with the host it died in. */
export interface Condemned {
  readonly id: number;
  readonly error: ThreadLostError;
  /** Deaths it is charged with: attempts that ended with their process. 0 where several ran and none can be named. */
  readonly deaths: number;
}

/** What becomes of the tasks a dead host had. Each of them is in exactly one of the three. */
export interface Verdict {
  /** They had not started: to the next host, in this order. */
  readonly resend: readonly number[];
  /** They are suspects, and wait until {@link Quarantine.next} names them. */
  readonly suspects: readonly number[];
  /** They are over. */
  readonly lost: readonly Condemned[];
}

/**
 * Who is to blame for the death of a host. Keeps the books and decides; starting hosts, sending tasks and settling them are its owner's.
 *
 * What had not started is innocent. Who was the only one running is charged with the death. Of several nobody is: each runs alone, and who
 * then dies is charged with that death and, unless another has been, with the first. With two a task ends `lost`.
 *
 * Suspects run one at a time, apart from everything else, so that the death of a culprit cuts nobody short a second time.
 */
export class Quarantine {
  readonly #rerun: boolean;
  readonly #blames = new Map<number, Blame>();
  /** Who waits to run alone, first come first. */
  #waiting = new Set<number>();
  /** Who runs alone. */
  #alone: number | undefined;

  /** @param terms - `rerun` false: what was running when its host died is not run again */
  constructor(terms: { readonly rerun: boolean }) {
    this.#rerun = terms.rerun;
  }

  /** Suspects: those that wait to run alone, and the one that does. */
  get size(): number {
    return this.#waiting.size + (this.#alone === undefined ? 0 : 1);
  }

  /** Deaths a task is charged with so far. */
  deaths(id: number): number {
    return this.#blames.get(id)?.deaths ?? 0;
  }

  /** Whether it is to run alone, or does. */
  isSuspect(id: number): boolean {
    return this.#waiting.has(id) || this.#alone === id;
  }

  /**
   * Names the suspect that is to run alone now, which is then under way until it has {@link Quarantine.left} or its host has died; undefined
   * while another is, and when there is none.
   */
  next(): number | undefined {
    if (this.#alone !== undefined) return undefined;
    for (const id of this.#waiting) {
      this.#waiting.delete(id);
      this.#alone = id;
      return id;
    }
    return undefined;
  }

  /** The suspect under way takes long: others have their turn beside it, elsewhere. What is held against it stays. */
  passOn(): void {
    this.#alone = undefined;
  }

  /** A task is settled. Nothing is held against it afterwards. */
  left(id: number): void {
    this.#blames.delete(id);
    this.#waiting.delete(id);
    if (this.#alone === id) this.#alone = undefined;
  }

  /**
   * A host died, the usual one or that of the suspects.
   *
   * @param has - the tasks it had and had not told the outcome of, in the order they were sent to it; also those that were asked to stop:
   * they may have done it. Whatever the verdict on these is, they end as they were asked to.
   */
  died(evidence: Evidence, has: Iterable<number>): Verdict {
    const started: number[] = [];
    const resend: number[] = [];
    const suspects: number[] = [];
    for (const id of has) {
      if (evidence.started(id)) started.push(id);
      else if (this.#alone === id || this.#blames.has(id)) suspects.push(this.#isBack(id));
      else resend.push(id);
    }
    const lost = this.#rerun ? this.#charge(evidence, started, suspects) : this.#endAll(evidence, started);
    return { resend, suspects, lost };
  }

  /** The suspect under way had not started when its host died. That proves nothing, and it is still the first in turn. */
  #isBack(id: number): number {
    if (this.#alone === id) this.#alone = undefined;
    this.#waiting = new Set([id, ...this.#waiting]);
    return id;
  }

  #charge(evidence: Evidence, started: readonly number[], suspects: number[]): Condemned[] {
    const lost: Condemned[] = [];
    const group: GroupDeath | undefined = started.length > 1 ? { charged: false } : undefined;
    for (const id of started) {
      const blame = this.#blames.get(id) ?? new Blame();
      if (group === undefined) blame.charge();
      else blame.suspect(group);
      const { deaths } = blame;
      if (deaths >= MOST_DEATHS) {
        this.left(id);
        lost.push({ id, error: culpritError(evidence, deaths), deaths });
        continue;
      }
      if (this.#alone === id) this.#alone = undefined;
      this.#blames.set(id, blame);
      this.#waiting.add(id);
      suspects.push(id);
    }
    return lost;
  }

  #endAll(evidence: Evidence, started: readonly number[]): Condemned[] {
    const deaths = started.length === 1 ? 1 : 0;
    return started.map((id) => {
      this.left(id);
      return { id, error: notRunAgain(evidence, deaths), deaths };
    });
  }
}

function culpritError(evidence: Evidence, deaths: number): ThreadLostError {
  return lostError(evidence, `the task ended ${deaths} processes, the last one with ${howItEnded(evidence)}`, deaths);
}

function notRunAgain(evidence: Evidence, deaths: number): ThreadLostError {
  const others = deaths === 0 ? ' while several tasks were running' : '';
  return lostError(evidence, `its process ended with ${howItEnded(evidence)}${others}; rerun is false`, deaths);
}

function lostError(evidence: Evidence, why: string, deaths: number): ThreadLostError {
  const { exitCode, output } = evidence;
  return new ThreadLostError(why, { started: true, exitCode: exitCode ?? undefined, output, ended: deaths });
}

/** In a few words: the signal's name, or `exit code N`. */
export function howItEnded({ exitCode, signal }: Pick<Evidence, 'exitCode' | 'signal'>): string {
  return signal ?? `exit code ${exitCode ?? 'unknown'}`;
}
