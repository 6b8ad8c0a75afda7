import type { Outcome } from '../../workers/protocol/outcome.js';
import type { DeathRecord } from '../errors.js';
import type { Usage } from '../task.js';

/** A task is settled. */
export interface SettledEvent {
  /** The task's name. */
  readonly task: string;
  readonly taskId: number;
  readonly outcome: Outcome;
  /** What the caller's promise was rejected with; undefined when it is ok. */
  readonly error: unknown;
  readonly usage: Usage;
}

/** A task says how far it is. */
export interface ProgressEvent {
  readonly task: string;
  readonly taskId: number;
  /** 0 to 1. */
  readonly fraction: number;
  readonly note: string | undefined;
}

/** A thread died unasked, or asked to be replaced after an accident, and its slot gets another. */
export interface RestartEvent extends DeathRecord {
  /** The error behind it: the uncaught error, what ran out of memory; undefined for a plain exit. */
  readonly error: unknown;
}

/** As many tasks as `maxQueue` are accepted and not started, and one more came. Or, for `unsaturated`: there is room again. */
export interface SaturationEvent {
  /** Tasks accepted and not started. */
  readonly queued: number;
  readonly maxQueue: number;
}

/** Everything that can be listened to, with its arguments. */
export interface SupervisorEvents {
  settled: [SettledEvent];
  progress: [ProgressEvent];
  restart: [RestartEvent];
  saturated: [SaturationEvent];
  unsaturated: [SaturationEvent];
}

/** Tells listeners; `wants` spares the making of an event nobody listens to. */
export interface Announcer {
  wants(event: keyof SupervisorEvents): boolean;
  tell<Name extends keyof SupervisorEvents>(event: Name, ...args: SupervisorEvents[Name]): void;
}
