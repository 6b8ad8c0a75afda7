/**
 * What travels between a supervisor and the child process that performs its tasks, the *host*. Types only, known to both sides.
 *
 * Tasks and outcomes are packed (task-records.ts, outcome-records.ts); everything else is one of the two unions below, one message each.
 */
import type { ModuleDescription } from '../../workers/protocol/messages.js';
import type { Outcome } from '../../workers/protocol/outcome.js';
import type { EngineEnd } from '../engine.js';
import type { RestartIntensityError } from '../errors.js';
import type { Finding } from '../ledger/findings.js';
import type { LostLines, OpenEntries } from '../logs/read-line.js';
import type { CircuitEvent, ProgressEvent, RestartEvent, RetryEvent } from '../observe/events.js';
import type { Inspection } from '../observe/inspection.js';
import type { Snapshot } from '../observe/snapshot.js';
import type { Settings } from '../settings.js';
import type { LastAttempt, LeakedDescriptor, TaskPlan } from '../task.js';
import type { RecycleRecord } from '../threads/recycle.js';
import type { MarkError } from './revive.js';

/** What of a plan a host has to know. Its `deadline` counts from submission, as everywhere; how much of it has passed stands with the task. */
export type PlainPlan = Pick<
  TaskPlan,
  'kind' | 'timeout' | 'deadline' | 'grace' | 'priority' | 'retry' | 'args' | 'whenOpen' | 'limit' | 'uses' | 'trace'
>;

/** A task type, told to a host before its first task. */
export interface HostedType {
  readonly number: number;
  readonly href: string;
  readonly name: string;
  readonly label: string;
  readonly plan: PlainPlan;
}

/** A task on its way to a host. */
export interface HostedTask {
  readonly id: number;
  /** Number of its type. */
  readonly type: number;
  readonly input: unknown;
  /** Attempts that started before, in hosts that are gone. */
  readonly attemptsStarted: number;
  /**
   * Where it differs from the type's. A `TaskPlan` will do: what is not plain is left out. Tasks in a row that have the same object share one
   * telling of it.
   */
  readonly plan: PlainPlan | undefined;
  /** Whether somebody listens to its progress. */
  readonly progress: boolean;
  /** Since its submission. */
  readonly waitedMs: number;
}

/** What became of a task, as its host tells it. */
export interface HostedOutcome {
  readonly id: number;
  readonly outcome: Outcome;
  /** What the handler gave; undefined unless it is ok. */
  readonly value: unknown;
  /** Why it is not ok: errors of our own are instances of their classes. */
  readonly error: unknown;
  /** Attempts that started, those in hosts that are gone included. */
  readonly attempts: number;
  /** Figures of the last attempt that ended; undefined where none did. `waitMs` counts from submission. */
  readonly last: LastAttempt | undefined;
  /** Whether they are new, and count: not when the attempt that led here died with its thread, and they are those of one before. */
  readonly isLastNew: boolean;
  /** What its attempts left open. */
  readonly leaked: LeakedDescriptor[] | undefined;
}

/** A task gets another attempt in its host. */
export interface HostedRetry {
  readonly id: number;
  /** Attempts that started so far. */
  readonly attempts: number;
  /** Figures of the attempt that ended; undefined where it died with its thread. */
  readonly last: LastAttempt | undefined;
}

/** How a host stands: the parts of a snapshot that only it can tell. */
export type HostStatus = Pick<
  Snapshot,
  'capabilities' | 'threads' | 'lanes' | 'dependencies' | 'process' | 'unattributed'
>;

/** Why a task is to be stopped, and what its caller gets. */
export interface HostedWish {
  readonly outcome: Exclude<Outcome, 'ok'>;
  readonly error: unknown;
}

/** Settings without what cannot leave the process: a host has its own. */
export type HostSettings = Omit<Settings, 'logs' | 'threadSetup'> & {
  readonly threadSetup: Omit<Settings['threadSetup'], 'outside' | 'gone' | 'dependencies' | 'box'>;
};

/** What the supervisor says to a host. */
export type ToHost =
  /** Comes first, and once. */
  | { readonly type: 'hello'; readonly version: number; readonly settings: HostSettings; readonly box: BoxTerms }
  | { readonly type: 'introduce'; readonly task: HostedType }
  | { readonly type: 'cancel'; readonly id: number; readonly outcome: HostedWish['outcome']; readonly error: MarkError }
  | { readonly type: 'describe'; readonly request: number; readonly href: string }
  | { readonly type: 'inspect'; readonly request: number }
  | { readonly type: 'reject-unstarted' }
  | { readonly type: 'abort-all' }
  /** Ends its threads, tells how they ended, and exits. */
  | { readonly type: 'end' };

/** Where threads mark what they start, see black-box.ts. */
export interface BoxTerms {
  readonly slots: number;
  readonly entries: number;
  /** How many short attempts may be marked at once, before they start. */
  readonly ahead: number;
}

/** What a host says of its own accord, as its listener gets it. */
export type FromHost =
  /** A slot has a new thread, of which nothing is known. */
  | { readonly type: 'up'; readonly slot: number; readonly generation: number }
  /** A thread has found something out about tasks; their outcomes come later. */
  | { readonly type: 'finding'; readonly slot: number; readonly generation: number; readonly finding: Finding }
  /**
   * What was printed and logged in its threads, and what of that was lost; and what had no newline before that, where it has changed. Outcomes
   * that came after it come after it.
   */
  | {
      readonly type: 'lines';
      readonly entries: readonly string[];
      readonly lost: LostLines | undefined;
      readonly open?: OpenEntries | undefined;
    }
  | { readonly type: 'progress'; readonly event: ProgressEvent }
  | { readonly type: 'retried'; readonly retry: HostedRetry }
  | { readonly type: 'retry'; readonly event: RetryEvent }
  | { readonly type: 'restart'; readonly event: RestartEvent }
  | { readonly type: 'recycle'; readonly event: RecycleRecord }
  | { readonly type: 'circuit'; readonly event: CircuitEvent }
  /** Its threads kept dying, and it has given up; every task it has comes back as `lost`. */
  | { readonly type: 'broken'; readonly error: RestartIntensityError }
  | { readonly type: 'status'; readonly status: HostStatus };

/** What goes over the wire from a host: what it says, with errors as plain data, and its answers. */
export type HostMessage =
  | Exclude<FromHost, { type: 'retry' | 'restart' | 'broken' }>
  | { readonly type: 'retry'; readonly event: Omit<RetryEvent, 'error'>; readonly error: MarkError }
  | { readonly type: 'restart'; readonly event: Omit<RestartEvent, 'error'>; readonly error: MarkError | undefined }
  | { readonly type: 'broken'; readonly error: MarkError }
  /** It takes tasks now. */
  | { readonly type: 'ready' }
  | { readonly type: 'described'; readonly request: number; readonly description: ModuleDescription }
  | { readonly type: 'inspected'; readonly request: number; readonly inspection: Inspection }
  /** A request came to nothing. */
  | { readonly type: 'failed'; readonly request: number; readonly error: MarkError }
  /** The last message. */
  | { readonly type: 'ended'; readonly end: Omit<EngineEnd, 'errors'>; readonly errors: readonly MarkError[] };

/** Raised whenever a message or a record changes shape. Both ends are of one installation; it may be replaced while a host comes up. */
export const HOST_VERSION = 3;
