/**
 * Supervised background work for Node.js: hands tasks to worker threads, core count plus two, with bounded queues, contained failures and a
 * clean end.
 *
 * @packageDocumentation
 */

export type { CircuitState } from '../workers/protocol/circuit.js';
export type { HoldingNote, ResourceKind, StackPolicy, Standing } from '../workers/protocol/ledger.js';
export type { Kind, Outcome } from '../workers/protocol/outcome.js';
export type { Duration, RetryOptions, TraceContext } from '../workers/protocol/task-options.js';
export type { CallOptions, MapOptions } from './call-options.js';
export { type Check, refuse, showGiven } from './checks.js';
export type { DependencySnapshot } from './dependencies/dependencies.js';
export type { EndedThreadRow } from './engine.js';
export {
  BadOptionError,
  CircuitOpenError,
  ClosedError,
  type DeathRecord,
  ERROR_CODES,
  LoadFailedError,
  NotCloneableError,
  PlustwoError,
  QueueFullError,
  RestartIntensityError,
  RetryBudgetError,
  ThreadLostError,
  TimedOutError,
} from './errors.js';
export type { AnyModule, Handle, HandleArguments, Handles, InputOf, MapItem, OutputOf, TaskNames } from './handles.js';
export type { LedgerRow } from './ledger/leaks.js';
export type {
  FieldsFirstLogger,
  IncidentOptions,
  LogOptions,
  LogSink,
  NoiseOptions,
  NoiseRuleOptions,
} from './logs/log-options.js';
export type {
  CircuitEvent,
  GrowthEvent,
  ProgressEvent,
  RestartEvent,
  RetryEvent,
  SaturationEvent,
  SettledEvent,
  SupervisorEvents,
} from './observe/events.js';
export type { Inspection, InspectionAnswer, ThreadInspection, UnattributedDescriptor } from './observe/inspection.js';
export type { Percentiles, TaskFigures } from './observe/metrics.js';
export type {
  Capabilities,
  HostSnapshot,
  LaneSnapshot,
  ProcessSnapshot,
  Snapshot,
  ThreadSnapshot,
} from './observe/snapshot.js';
export { CLOSE_OPTIONS, OPTIONS, type OptionEntry, type Scope } from './options.js';
export type { CloseOptions, CloseReport } from './shutdown.js';
export { Supervisor } from './supervisor.js';
export type {
  BreakerOptions,
  DependencyOptions,
  FaultKind,
  FaultOptions,
  RetryBudgetOptions,
  SupervisorOptions,
} from './supervisor-options.js';
export type { LeakedDescriptor, Usage } from './task.js';
export type { RecycleFigures, RecycleReason, RecycleRecord } from './threads/recycle.js';
export type { Sizing } from './threads/sizing.js';
export type { SlotState } from './threads/slot.js';
