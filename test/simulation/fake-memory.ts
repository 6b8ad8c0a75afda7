import type { AttemptFigures, OutcomeReader, Posting } from '../../runtime/threads/thread.js';
import type { Failure } from '../../workers/protocol/messages.js';
import { Claim } from '../../workers/protocol/recorder.js';

/** How an attempt ended, as its thread wrote it down. */
export type Written =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly failure: Failure }
  | Unstarted;

/** Why an attempt was handed back without having started: it was revoked or declined, or its deadline had passed. */
export type Unstarted = 'skipped' | 'late';

/** How an attempt ended that had started. */
export type Ended = Exclude<Written, Unstarted>;

/** What a thread and the supervisor share: the flight recorder without its bytes. It can be read after the thread's death. */
export class FakeMemory {
  readonly entries: number;
  readonly claims: number[];
  readonly postings: (Posting | undefined)[];
  readonly written: (Written | undefined)[];
  readonly startedAt: number[];
  readonly endedAt: number[];
  /** Entries posted, in order. */
  readonly inbox: number[] = [];
  /** Entries whose outcome is written, in order. */
  readonly finished: number[] = [];
  /** How many of `finished` the supervisor has read. */
  read = 0;
  /** Attempts started, ever. */
  started = 0;
  /** Somebody has promised to look into the inbox. */
  awake = false;

  constructor(entries: number) {
    this.entries = entries;
    this.claims = new Array<number>(entries).fill(Claim.free);
    this.postings = new Array<Posting | undefined>(entries).fill(undefined);
    this.written = new Array<Written | undefined>(entries).fill(undefined);
    this.startedAt = new Array<number>(entries).fill(0);
    this.endedAt = new Array<number>(entries).fill(0);
  }

  /** An outcome is there to be read. */
  finish(entry: number, written: Written, now: number): void {
    this.written[entry] = written;
    this.endedAt[entry] = now;
    this.claims[entry] = Claim.done;
    this.finished.push(entry);
  }

  /** Puts an attempt into its entry and the inbox. */
  post(entry: number, posting: Posting): void {
    this.postings[entry] = posting;
    this.claims[entry] = Claim.waiting;
    this.inbox.push(entry);
  }

  /** Takes an attempt back that has not started; false if it has. One that its thread has declined never will. */
  revoke(entry: number): boolean {
    if (this.claims[entry] !== Claim.waiting) return this.isDeclined(entry);
    this.claims[entry] = Claim.revoked;
    return true;
  }

  /** When an attempt started; undefined if it has not. */
  startOf(entry: number): number | undefined {
    const claim = this.claims[entry];
    const hasStarted = claim === Claim.started || (claim === Claim.done && !this.isDeclined(entry));
    return hasStarted ? this.startedAt[entry] : undefined;
  }

  /** Whether the thread has handed an attempt back unstarted, and nobody has read that yet. */
  isDeclined(entry: number): boolean {
    return this.claims[entry] === Claim.done && isUnstarted(this.written[entry]);
  }

  /** Reads what has ended since the last time. */
  drain(reader: OutcomeReader): void {
    const done = this.finished.length;
    while (this.read < done) {
      const entry = this.finished[this.read++] ?? -1;
      const written = this.written[entry];
      this.claims[entry] = Claim.free;
      if (written === undefined) throw new Error(`entry ${entry} is finished and holds nothing`);
      if (isUnstarted(written)) reader.skipped(entry, written === 'late' ? 'late' : 'declined');
      else if (written.ok) reader.ok(entry, written.value);
      else reader.failed(entry, written.failure);
    }
  }

  figures(entry: number): AttemptFigures {
    const startedAt = this.startedAt[entry] ?? 0;
    const runMs = (this.endedAt[entry] ?? 0) - startedAt;
    return { startedAt, runMs, cpuMs: 0, heapBytes: 0, measured: false, loopMs: 0, opened: 0, peak: 0 };
  }
}

function isUnstarted(written: Written | undefined): written is Unstarted {
  return written === 'skipped' || written === 'late';
}
