import type { HoldingNote } from '../../workers/protocol/ledger.js';
import type { DroppedLines } from '../../workers/protocol/log-ring.js';
import type { Failure, FromThread, HandlerAddress, ModuleDescription } from '../../workers/protocol/messages.js';
import type { TraceContext } from '../../workers/protocol/task-options.js';
import type { Lines } from '../logs/read-line.js';

/** What is posted to a thread for one attempt. */
export interface Posting {
  readonly task: number;
  readonly id: number;
  readonly input: unknown;
  readonly transfer: readonly object[] | undefined;
  /** When it is not worth starting any more, in the supervisor's clock; undefined for never. */
  readonly deadlineAt: number | undefined;
  /** Sent along when it is not the plain case of a first attempt with nothing to say. */
  readonly note:
    | {
        readonly attempt: number;
        readonly args: { readonly value: unknown } | undefined;
        readonly trace: TraceContext | undefined;
        readonly progress: boolean;
        readonly introduce: HandlerAddress | undefined;
      }
    | undefined;
}

/** Reads outcomes, in the order in which the attempts ended. */
export interface OutcomeReader {
  ok(entry: number, value: unknown): void;
  failed(entry: number, failure: Failure): void;
  /**
   * The attempt has not started, and its entry is free again: it was revoked, or its thread did not want it (`declined`); or its deadline had
   * passed (`late`).
   */
  skipped(entry: number, why: 'declined' | 'late'): void;
}

/** Figures of one ended attempt, in the supervisor's clock. */
export interface AttemptFigures {
  readonly startedAt: number;
  readonly runMs: number;
  readonly cpuMs: number;
  readonly heapBytes: number;
  readonly measured: boolean;
  /** Its part of the time in which the event loop was busy. */
  readonly loopMs: number;
  /** Descriptors it opened, */
  readonly opened: number;
  /** and had open at once at most. */
  readonly peak: number;
}

/** Gauges of a living thread; null is what cannot be told. */
export interface ThreadGauges {
  readonly threadId: number | null;
  /** Its name in the table of owners, 0 when it has none. */
  readonly stamp: number;
  readonly cpuMs: number | null;
  readonly eventLoopUtilization: number | null;
  readonly heapUsedBytes: number | null;
  readonly heapLimitBytes: number | null;
  readonly externalBytes: number | null;
  readonly arrayBuffersBytes: number | null;
  /** Bytes above the warmed-up base that a forced garbage collection left. */
  readonly retainedBytes: number | null;
  readonly descriptorsOpen: number | null;
  /** Open in running attempts. */
  readonly descriptorsRunning: number | null;
  /** Held by ended attempts: leaked or retained. */
  readonly descriptorsHeld: number | null;
  readonly descriptorsLeaked: number | null;
}

/** Why a thread died without being asked to. */
export type Death =
  | { readonly kind: 'exit'; readonly exitCode: number }
  | { readonly kind: 'memory'; readonly exitCode: number; readonly error: unknown }
  | { readonly kind: 'error'; readonly exitCode: number; readonly error: unknown }
  /** It never came up. */
  | { readonly kind: 'boot'; readonly error: unknown };

/** How a thread came to its end after being asked. */
export interface ThreadEnd {
  /** Whether teardowns and resource closings ran to their end. */
  readonly quiesced: boolean;
  /** Whether its exit was seen before the deadline. */
  readonly exited: boolean;
  /** What went wrong in teardowns and closings. */
  readonly errors: readonly unknown[];
  /** What was open at its end and was closed by it, */
  readonly closed: readonly HoldingNote[];
  /** and what could not be. */
  readonly left: readonly HoldingNote[];
}

/** What a thread tells of itself. After `died` nothing more comes. */
export interface ThreadListener {
  /** It takes attempts now. */
  ready(): void;
  /** There may be outcomes to read. */
  outcomes(): void;
  said(message: Exclude<FromThread, { type: 'ring' | 'lines' }>): void;
  /** What was printed and logged in it, and what of that was dropped. It comes before the outcomes that came after it. */
  lines(lines: Lines, dropped: DroppedLines | undefined): void;
  /** It is gone, unasked. Outcomes it had written can still be read. */
  died(death: Death): void;
}

/**
 * One thread of one slot, as the supervisor's core needs it. Entries are places for attempts, numbered from 0; who uses them keeps the books.
 * The real one stands on Piscina; the simulation has its own.
 */
export interface Thread {
  readonly generation: number;
  /** How many entries there are. */
  readonly entries: number;
  /** Brings it up; `ready` or `died` follows. */
  start(): void;
  /**
   * Puts an attempt into its entry and the inbox.
   *
   * @throws what clone throws; nothing was posted then
   */
  post(entry: number, posting: Posting): void;
  /** Sees to it that the thread looks into its inbox. */
  wake(): void;
  /** Takes an attempt back that has not started; false if it has. */
  revoke(entry: number): boolean;
  /** When the attempt started, in the supervisor's clock; undefined if it has not. */
  startedAt(entry: number): number | undefined;
  /** How many attempts started, ever. Wraps at 32 bits. */
  started(): number;
  /** Reads what has ended since the last time. */
  drain(reader: OutcomeReader): void;
  /** Figures of an attempt, valid while it is being read. */
  figures(entry: number): AttemptFigures;
  /** Asks a running attempt to stop. Resolves once the thread has heard; false when the attempt had ended. Never resolves if it is blocked. */
  cancel(entry: number, id: number, reason: unknown): Promise<boolean>;
  /** Imports a module and lists its handlers. Rejects if the thread dies over it. */
  describe(href: string): Promise<ModuleDescription>;
  /** Asks it to quiesce, for at most so long, then terminates it and awaits its exit, for at most `exitMs`. Not reported as a death. */
  end(quiesceMs: number, exitMs: number): Promise<ThreadEnd>;
  /** What it has open. Never resolves if it is blocked; rejects or never resolves if it dies. */
  inspect(): Promise<readonly HoldingNote[]>;
  gauges(): ThreadGauges;
}

/** Makes the thread of a slot; it comes up when started. */
export type MakeThread = (slot: number, generation: number, listener: ThreadListener) => Thread;
