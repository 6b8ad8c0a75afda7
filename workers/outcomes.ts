import type { MessagePort } from 'node:worker_threads';
import type { Attempt } from './attempt.js';
import { canClone, encodeError } from './clone.js';
import type { Failure, FromThread } from './protocol/messages.js';
import { Claim, type RecorderViews, Tag, Word } from './protocol/recorder.js';
import { findUncloneable } from './protocol/uncloneable.js';
import { putValue, type TextArea } from './protocol/value.js';
import { describe } from './protocol/wire-error.js';
import { PISCINA_TRANSFERABLE, PISCINA_VALUE, TRANSFER } from './symbols.js';

/** The thread's end of what goes back: outcomes into the recorder or onto the cargo port, and the bell that tells of them. */
export class Outcomes {
  readonly #views: RecorderViews;
  readonly #area: TextArea;
  readonly #cargo: MessagePort;
  readonly #bell: MessagePort;
  #done = 0;
  /** Outcomes written since the supervisor was last told. */
  unrung = 0;
  /** When it was last told. */
  rungAt = 0;

  constructor(views: RecorderViews, area: TextArea, cargo: MessagePort, bell: MessagePort) {
    this.#views = views;
    this.#area = area;
    this.#cargo = cargo;
    this.#bell = bell;
  }

  /** Sends a result. One that cannot be cloned becomes a failure that says where in it the trouble sits. */
  ok(attempt: Attempt, result: unknown, now: number): void {
    const { entry } = attempt;
    if (typeof result !== 'object' || result === null) {
      if (!putValue(this.#views, this.#area, entry, result) && !this.#send(attempt, result, [], now)) return;
    } else if (!this.#sendObject(attempt, result, now)) return;
    this.#finish(entry, now);
  }

  /** Sends how an attempt failed. */
  failed(attempt: Attempt, failure: Failure, now: number): void {
    try {
      this.#cargo.postMessage(failure);
    } catch {
      // What could be cloned a moment ago cannot be any more: a value with a will of its own.
      this.#cargo.postMessage({
        status: 'failed',
        error: { kind: 'text', text: 'an error that cannot be told' },
      } satisfies Failure);
    }
    this.#views.tag[attempt.entry] = Tag.failure;
    this.#finish(attempt.entry, now);
  }

  /** Hands back the entry of an attempt that was revoked before it started. */
  skipped(entry: number): void {
    this.#views.tag[entry] = Tag.skipped;
    this.#finish(entry, 0);
  }

  /** Hands back the entry of an attempt that could have started after its deadline only. */
  late(entry: number): void {
    this.#views.tag[entry] = Tag.late;
    this.#finish(entry, 0);
  }

  /** Tells the supervisor that there are outcomes to read. */
  ring(now: number): void {
    this.told(now);
    this.say({ type: 'ring' });
  }

  /** Notes that the supervisor is about to look by itself. */
  told(now: number): void {
    this.unrung = 0;
    this.rungAt = now;
  }

  say(message: FromThread): void {
    this.#bell.postMessage(message);
  }

  #sendObject(attempt: Attempt, result: object, now: number): boolean {
    let moved: Moved;
    try {
      moved = movedIn(result);
    } catch (error) {
      this.failed(attempt, { status: 'failed', error: encodeError(error) }, now);
      return false;
    }
    return this.#send(attempt, moved.value, moved.list, now);
  }

  #send(attempt: Attempt, value: unknown, list: readonly object[], now: number): boolean {
    try {
      this.#cargo.postMessage(value, list as never);
    } catch (error) {
      this.failed(attempt, refusal(value, error), now);
      return false;
    }
    this.#views.tag[attempt.entry] = Tag.message;
    return true;
  }

  #finish(entry: number, now: number): void {
    const views = this.#views;
    views.endedAt[entry] = now;
    Atomics.store(views.claim, entry, Claim.done);
    views.finished[this.#done & (views.entries - 1)] = entry;
    this.#done = (this.#done + 1) | 0;
    Atomics.store(views.words, Word.done, this.#done);
    this.unrung++;
  }
}

interface Moved {
  readonly value: unknown;
  readonly list: readonly object[];
}

const NOTHING: readonly object[] = [];

/** What a result says is to be moved, by our mark or by Piscina's. */
function movedIn(result: object): Moved {
  if (TRANSFER in result) return result[TRANSFER] as Moved;
  if (!(PISCINA_TRANSFERABLE in result && PISCINA_VALUE in result)) return { value: result, list: NOTHING };
  const moved = result[PISCINA_TRANSFERABLE];
  return { value: result[PISCINA_VALUE], list: Array.isArray(moved) ? (moved as object[]) : [moved as object] };
}

function refusal(value: unknown, error: unknown): Failure {
  if (canClone(value)) return { status: 'failed', error: encodeError(error) };
  const { path, what } = findUncloneable(value, canClone);
  return { status: 'uncloneable', path, what: what === '' ? describe(error) : what };
}
