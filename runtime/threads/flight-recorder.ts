import type { AnnotatedInput, AttemptNote, Failure } from '../../workers/protocol/messages.js';
import {
  Claim,
  Flag,
  Gauge,
  type RecorderViews,
  recorderBytes,
  recorderViews,
  Tag,
  Word,
} from '../../workers/protocol/recorder.js';
import { putValue, takeValue } from '../../workers/protocol/value.js';
import type { AttemptFigures, OutcomeReader, Posting } from './thread.js';

/** The side channel for values that do not fit into an entry. */
export interface Cargo {
  send(value: unknown, transfer: readonly object[]): void;
  receive(): unknown;
}

/** The supervisor's end of a flight recorder: posts attempts, reads outcomes, and can be read after the thread's death. */
export class FlightRecorder {
  readonly memory: SharedArrayBuffer;
  readonly entries: number;
  readonly #views: RecorderViews;
  readonly #area: Buffer;
  readonly #cargo: Cargo;
  #posted = 0;
  #read = 0;
  /** What to add to the thread's clock to have the supervisor's. */
  clockOffset = 0;

  constructor(entries: number, cargo: Cargo) {
    this.entries = entries;
    this.memory = new SharedArrayBuffer(recorderBytes(entries));
    this.#views = recorderViews(this.memory, entries);
    this.#area = Buffer.from(this.memory, this.#views.text.byteOffset, this.#views.text.byteLength);
    this.#cargo = cargo;
    this.#views.gauges.fill(Number.NaN);
  }

  /** See `Thread.post`. Nothing is visible to the thread before the last line. */
  post(entry: number, posting: Posting): void {
    const views = this.#views;
    const { note, deadlineAt } = posting;
    const isMoved = posting.transfer !== undefined && posting.transfer.length > 0;
    let flags = (note === undefined ? 0 : Flag.note) | (isMoved ? Flag.moved : 0);
    if (deadlineAt !== undefined) {
      flags |= Flag.deadline;
      views.endedAt[entry] = deadlineAt - this.clockOffset;
    }
    views.flags[entry] = flags;
    if (note !== undefined || posting.transfer !== undefined || !putValue(views, this.#area, entry, posting.input)) {
      this.#send(entry, posting);
    }
    views.taskOf[entry] = posting.task;
    views.idOf[entry] = posting.id;
    views.claim[entry] = Claim.waiting;
    views.inbox[this.#posted & (views.entries - 1)] = entry;
    this.#posted = (this.#posted + 1) | 0;
    Atomics.store(views.words, Word.posted, this.#posted);
  }

  /** True if the caller has to wake the thread: nobody else has promised to look into the inbox. */
  claimWakeUp(): boolean {
    return Atomics.compareExchange(this.#views.words, Word.awake, 0, 1) === 0;
  }

  /** See `Thread.revoke`. */
  revoke(entry: number): boolean {
    const claim = Atomics.compareExchange(this.#views.claim, entry, Claim.waiting, Claim.revoked);
    return claim === Claim.waiting || this.#isDeclined(entry, claim);
  }

  /** See `Thread.startedAt`. */
  startedAt(entry: number): number | undefined {
    const claim = Atomics.load(this.#views.claim, entry);
    if ((claim !== Claim.started && claim !== Claim.done) || this.#isDeclined(entry, claim)) return undefined;
    return (this.#views.startedAt[entry] ?? 0) + this.clockOffset;
  }

  /** See `Thread.started`. */
  started(): number {
    return Atomics.load(this.#views.words, Word.started);
  }

  /** How many outcomes were written so far. */
  done(): number {
    return Atomics.load(this.#views.words, Word.done);
  }

  /** Whether there are outcomes that were not read, of those that {@link FlightRecorder.done} told. */
  isUnread(done: number): boolean {
    return ((done - this.#read) | 0) > 0;
  }

  /** See `Thread.drain`; reads up to what {@link FlightRecorder.done} told. */
  drain(reader: OutcomeReader, done: number): void {
    const views = this.#views;
    // Who is told of one may read on; what was counted before is behind by then. The numbers wrap at 32 bits.
    while (this.isUnread(done)) {
      const entry = views.finished[this.#read & (views.entries - 1)] ?? 0;
      this.#read = (this.#read + 1) | 0;
      this.#readOne(entry, reader);
    }
  }

  /** See `Thread.figures`. */
  figures(entry: number): AttemptFigures {
    const views = this.#views;
    const startedAt = views.startedAt[entry] ?? 0;
    return {
      startedAt: startedAt + this.clockOffset,
      runMs: (views.endedAt[entry] ?? 0) - startedAt,
      cpuMs: views.cpuMs[entry] ?? 0,
      heapBytes: views.heapBytes[entry] ?? 0,
      loopMs: views.loopMs[entry] ?? 0,
      opened: views.opened[entry] ?? 0,
      peak: views.peak[entry] ?? 0,
      measured: ((views.flags[entry] ?? 0) & Flag.measured) !== 0,
    };
  }

  /** One of the thread's gauges; null while nothing is known. */
  gauge(name: keyof typeof Gauge): number | null {
    const value = this.#views.gauges[Gauge[name]] ?? Number.NaN;
    return Number.isNaN(value) ? null : value;
  }

  /** Attempts that run in a thread that has loaded native code, 0 in one that has not. */
  nativeRunning(): number {
    const { words, claim } = this.#views;
    return Atomics.load(words, Word.native) === 0 ? 0 : claim.filter((state) => state === Claim.started).length;
  }

  /** Process ids of children the thread has started and not seen end. */
  children(): number[] {
    return [...this.#views.children].filter((pid) => pid !== 0);
  }

  /** Its thread has handed the attempt back unstarted, or is about to. */
  #isDeclined(entry: number, claim: number): boolean {
    const tag = this.#views.tag[entry];
    return claim === Claim.revoked || (claim === Claim.done && (tag === Tag.skipped || tag === Tag.late));
  }

  #readOne(entry: number, reader: OutcomeReader): void {
    switch (this.#views.tag[entry]) {
      case Tag.skipped:
        reader.skipped(entry, 'declined');
        break;
      case Tag.late:
        reader.skipped(entry, 'late');
        break;
      case Tag.failure:
        reader.failed(entry, this.#cargo.receive() as Failure);
        break;
      case Tag.message:
        reader.ok(entry, this.#cargo.receive());
        break;
      default:
        reader.ok(entry, takeValue(this.#views, this.#area, entry));
    }
  }

  #send(entry: number, posting: Posting): void {
    const { note, input, transfer = [] } = posting;
    if (note === undefined) this.#cargo.send(input, transfer);
    else this.#cargo.send({ note: wireNote(note), input } satisfies AnnotatedInput, transfer);
    this.#views.tag[entry] = Tag.message;
  }
}

function wireNote(note: NonNullable<Posting['note']>): AttemptNote {
  return {
    attempt: note.attempt,
    progress: note.progress,
    ...(note.args === undefined ? {} : { args: note.args }),
    ...(note.trace === undefined ? {} : { trace: note.trace }),
    ...(note.introduce === undefined ? {} : { introduce: note.introduce }),
  };
}
