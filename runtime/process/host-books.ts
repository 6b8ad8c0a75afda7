import type { Outcome } from '../../workers/protocol/outcome.js';
import { findUncloneable } from '../../workers/protocol/uncloneable.js';
import { NotCloneableError } from '../errors.js';
import { Leaks } from '../ledger/leaks.js';
import { Metrics } from '../observe/metrics.js';
import type { Sink, Task } from '../task.js';
import { canSerialize } from './can-serialize.js';
import type { ReadyOutcome } from './outcome-records.js';
import { bytesOf } from './packed-value.js';
import { markError } from './revive.js';
import { serialize } from './serialize.js';
import type { HostedRetry } from './wire.js';

/** Who passes on what has become of tasks. */
export interface BooksListener {
  settled(outcome: ReadyOutcome): void;
  retried(retry: HostedRetry): void;
}

/**
 * The books of a host, in the place of figures: those are kept by the supervisor, which outlives it. Here it is only followed which attempts
 * have ended, so that each is told once.
 */
export class HostBooks extends Metrics implements Sink {
  readonly #listener: BooksListener;
  /** Tasks it has, by number. */
  readonly tasks = new Map<number, Task>();
  /** The task whose attempt has just ended; it is settled, or tried again, before the next one ends. */
  #ended: Task | undefined;

  constructor(listener: BooksListener) {
    super(new Leaks());
    this.#listener = listener;
  }

  override ended(task: Task): void {
    this.#ended = task;
  }

  override retried(task: Task): void {
    const { id, attemptsStarted: attempts } = task;
    this.#listener.retried({ id, attempts, last: this.#isNew(task) ? task.last : undefined });
  }

  override settled(): void {
    // The sink is told as well, and with the value.
  }

  ok(task: Task, value: unknown): void {
    let bytes: Buffer | undefined;
    try {
      bytes = bytesOf(value);
    } catch (error) {
      // A thread could send it, a process cannot.
      const { path, what } = findUncloneable(value, canSerialize);
      this.bad(task, 'failed', what === '' ? error : new NotCloneableError('result', path, what, 'processes'));
      return;
    }
    this.#tell(task, 'ok', value, bytes);
  }

  bad(task: Task, outcome: Exclude<Outcome, 'ok'>, error: unknown): void {
    this.#tell(task, outcome, undefined, serialize(markError(error)));
  }

  #tell(task: Task, outcome: Outcome, value: unknown, bytes: Buffer | undefined): void {
    const { id, attemptsStarted: attempts, last } = task;
    const isLastNew = this.#isNew(task);
    this.tasks.delete(id);
    const leaked = task.leaked === undefined ? undefined : serialize(task.leaked);
    this.#listener.settled({ id, outcome, attempts, last, isLastNew, leaked, value, bytes });
  }

  #isNew(task: Task): boolean {
    const isNew = this.#ended === task;
    this.#ended = undefined;
    return isNew;
  }
}
