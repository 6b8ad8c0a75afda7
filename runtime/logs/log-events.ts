import type { LogLevel } from '../../workers/protocol/messages.js';
import type { DeathRecord } from '../errors.js';
import type { LedgerRow } from '../ledger/leaks.js';
import type { CircuitEvent, GrowthEvent } from '../observe/events.js';
import type { RecycleRecord } from '../threads/recycle.js';
import type { Finding } from './anomalies.js';
import type { EndedTask } from './ended-task.js';
import type { SinkNotice } from './files/sink-notice.js';

/** Lines the gate counted instead of keeping them. */
export interface SuppressedLines {
  readonly count: number;
  /** Undefined where they matched no rule, and were only too many. */
  readonly rule?: string;
  /** What they have in common, numbers masked. */
  readonly kind: string;
  readonly level: LogLevel;
  /** The task that wrote them; undefined where there are several. */
  readonly taskName: string | undefined;
  readonly windowMs: number;
}

/** A rule whose lines do not come any more; `usual` is the median of a window. */
export interface SilentRule {
  readonly rule: string;
  readonly windows: number;
  readonly usual: number;
}

/** A rule of which far more lines came within a window. */
export interface JumpedRule {
  readonly rule: string;
  readonly count: number;
  readonly usual: number;
}

/** Lines that were lost for want of room. */
export interface Dropped {
  readonly count: number;
  /** Undefined where it is not known. */
  readonly bytes: number | undefined;
  /** The thread that found no room; undefined where it was a sink. */
  readonly slot: number | undefined;
  readonly generation: number | undefined;
}

/** Figures of a day. */
export interface DaySummary {
  readonly linesIn: number;
  readonly linesOut: number;
  readonly linesSuppressed: number;
  readonly linesDropped: number;
  /** As records: what there would have been without the gate, */
  readonly bytesIn: number;
  /** and what there was. */
  readonly bytesOut: number;
  readonly windowMs: number;
}

/** A task goes on to another attempt. */
export interface Retried extends Pick<EndedTask, 'task' | 'taskId' | 'outcome' | 'error' | 'trace'> {
  /** The attempt that ended. */
  readonly attempt: number;
  readonly afterMs: number;
}

/** What goes wrong with a sink. */
export type SinkTrouble = Exclude<SinkNotice, { kind: 'recovered' }>;

/** What the supervisor has to say of itself. */
export type LogEvent = { readonly at: number } & (
  | { readonly event: 'supervisor.started'; readonly name: string; readonly threads: number; readonly pid: number }
  | { readonly event: 'supervisor.closed'; readonly name: string; readonly pid: number }
  | { readonly event: 'task.retried'; readonly retried: Retried }
  | { readonly event: 'thread.restarted'; readonly death: DeathRecord; readonly error: unknown }
  | { readonly event: 'thread.recycled'; readonly recycle: RecycleRecord }
  | { readonly event: 'task.leaked'; readonly leak: LedgerRow }
  | { readonly event: 'memory.growth'; readonly growth: GrowthEvent }
  | { readonly event: 'circuit.changed'; readonly circuit: CircuitEvent }
  | { readonly event: 'log.suppressed'; readonly note: SuppressedLines }
  | { readonly event: 'log.dropped'; readonly dropped: Dropped }
  | { readonly event: 'log.summary'; readonly summary: DaySummary }
  | { readonly event: 'log.rule_silent'; readonly note: SilentRule }
  | { readonly event: 'log.rule_jump'; readonly note: JumpedRule }
  | { readonly event: 'anomaly'; readonly finding: Finding }
  | { readonly event: 'sink.fault'; readonly sink: string; readonly notice: SinkTrouble }
  | { readonly event: 'sink.recovered'; readonly sink: string; readonly dropped: number }
);

/** The event of such a name. */
export type EventOf<Name extends LogEvent['event']> = Extract<LogEvent, { readonly event: Name }>;
