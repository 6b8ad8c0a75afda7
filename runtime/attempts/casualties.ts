import type { GroupDeath } from '../blame.js';
import { ThreadLostError } from '../errors.js';
import type { Lanes } from '../lanes/lanes.js';
import type { Task } from '../task.js';
import type { Slot } from '../threads/slot.js';
import type { Death } from '../threads/thread.js';
import type { Threads } from '../threads/threads.js';
import type { Dispatch } from './dispatch.js';
import type { GivenUp } from './given-up.js';
import type { Settle } from './settle.js';
import { lostError } from './verdict.js';

/** A thread that listens gets so long for what it has in flight before it is terminated: a file that is being opened would be lost. */
export const LAST_WORDS_MS = 2_000;

/** What becomes of tasks whose thread is gone, or has to go. */
export class Casualties {
  readonly #lanes: Lanes;
  readonly #settle: Settle;
  readonly #threads: Threads;
  readonly #dispatch: Dispatch;
  readonly #givenUp: GivenUp;

  constructor(parts: { lanes: Lanes; settle: Settle; threads: Threads; dispatch: Dispatch; givenUp: GivenUp }) {
    this.#lanes = parts.lanes;
    this.#settle = parts.settle;
    this.#threads = parts.threads;
    this.#dispatch = parts.dispatch;
    this.#givenUp = parts.givenUp;
  }

  /** It had not started: it moves, and no attempt is counted. What was transferred to the thread cannot be sent again, and is gone with it. */
  unstarted(task: Task): void {
    if (task.plan.transfer !== undefined && task.plan.transfer.length > 0) {
      const why = 'the input had been transferred to it; the task had not started';
      this.#settle.bad(task, 'lost', new ThreadLostError(why, { started: false }));
      return;
    }
    this.#lanes.putBack(task);
    this.#dispatch.plan();
  }

  /**
   * Its attempt ran. Where it may not have been its own doing, and it may be tried again, that is not counted as an attempt: a task that only
   * happened to be there would otherwise use its attempts up.
   *
   * @param group - the death, where the attempt was not alone in it
   */
  lost(task: Task, why: Death | 'ended', group: GroupDeath | undefined): void {
    const { stop } = task;
    const isCulprit = why !== 'ended' && group === undefined;
    if (stop === undefined && !isCulprit && this.#settle.hasAnother(task, 'lost', lostError(why))) {
      this.#again(task, group);
      return;
    }
    task.attemptsStarted++;
    if (stop !== undefined) this.#settle.stopped(task, stop);
    else if (isCulprit) this.#settle.killed(task, (ended) => lostError(why, ended));
    else this.#settle.attemptFailed(task, 'lost', lostError(why));
  }

  /** Once more, at once: who was with others when its thread died alone, to see who does it; whose thread was ended for another's sake as ever. */
  #again(task: Task, group: GroupDeath | undefined): void {
    const blame = task.needBlame();
    if (group === undefined) blame.cutShort++;
    else blame.suspect(group);
    this.#lanes.putBack(task);
    this.#dispatch.plan();
  }

  /**
   * It did not stop within its grace. Among running neighbours it is given up, and the thread replaced when these have ended; otherwise it
   * takes its thread along.
   */
  outlived(slot: Slot, task: Task): void {
    const { stop, extras } = task;
    if (stop === undefined || task.state !== 'dispatched') return;
    this.#threads.takeBack(slot);
    const heard = extras?.heard === true;
    if (!heard || slot.outstanding === 1) {
      void this.#threads.kill(slot, heard ? Math.max(task.plan.grace, LAST_WORDS_MS) : 0);
      return;
    }
    const { entry, id } = task;
    slot.abandon(task);
    task.attemptsStarted++;
    this.#threads.retire(slot);
    this.#givenUp.watch(slot, { entry, id }, stop.error);
    this.#settle.stopped(task, stop);
  }
}
