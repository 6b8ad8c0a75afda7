import type { HoldingNote } from '../workers/protocol/ledger.js';
import type { ModuleDescription } from '../workers/protocol/messages.js';
import type { RestartIntensityError } from './errors.js';
import type { Inspection, UnattributedDescriptor } from './observe/inspection.js';
import type { Snapshot } from './observe/snapshot.js';
import type { ResultBytes } from './results/result-bytes.js';
import type { StopWish, Task } from './task.js';

/** A place where a task module can be imported and looked at. */
export interface Describer {
  /** Whether it can be asked now. */
  readonly open: boolean;
  /** Attempts it has and has not ended. */
  readonly outstanding: number;
  /** Has the module imported there, and lists its handlers; undefined when there is nobody to ask. */
  describe(href: string): Promise<ModuleDescription | undefined>;
}

/** A thread that came to its end. */
export interface EndedThreadRow {
  /** The slot's number, from 0. */
  readonly slot: number;
  /** Which of the slot's threads it was, from 1. */
  readonly generation: number;
  /** Whether teardowns and resource closings ran to their end. */
  readonly quiesced: boolean;
  /** Whether its exit was seen in time. */
  readonly exited: boolean;
}

/** What an engine's end brought to light. */
export interface EngineEnd {
  readonly threads: readonly EndedThreadRow[];
  /** What teardowns and closings threw. */
  readonly errors: readonly unknown[];
  /** What threads still had open, and closed. */
  readonly closed: readonly HoldingNote[];
  /** What only the kernel shows open. */
  readonly orphans: readonly UnattributedDescriptor[];
  /** What could not be closed, by name. */
  readonly left: readonly string[];
}

/** What a supervisor says about itself in its reports. */
export type Frame = Pick<Snapshot, 'name' | 'state' | 'sizing'> & {
  /** Whether threads keep a ledger. */
  readonly tracked: boolean;
};

/**
 * What performs a supervisor's tasks: threads of this process (`ThreadEngine`), or a child process that has the threads (`HostedEngine`).
 * Nothing above knows which.
 */
export interface Engine {
  readonly describers: readonly Describer[];
  /** Why there is nothing any more that tasks could run in. */
  readonly broken: RestartIntensityError | undefined;
  /** Tasks accepted and not settled. */
  readonly pending: number;
  /** Brings up the first of what tasks run in. */
  start(): void;
  /** Submits a task; whatever becomes of it, its sink is told. */
  submit(task: Task): void;
  /** Takes note of a task that its `map` holds back for now; {@link Engine.readmit} follows, or its end. */
  hold(task: Task): void;
  /** Submits a task that was held back. */
  readmit(task: Task): void;
  /** Results that wait for their readers. */
  readonly results: ResultBytes;
  /** Stops a task, wherever it is. */
  stop(task: Task, wish: StopWish): void;
  /** Resolves when nothing accepted is pending. */
  drained(): Promise<void>;
  /** Takes no more tasks; whoever stands before a full queue is turned away. */
  closeAdmission(): void;
  /** Rejects what was accepted and has not started. */
  rejectUnstarted(): void;
  /** Stops everything that was accepted, and gives no further attempts. */
  abortAll(): void;
  /** Ends everything tasks run in, and awaits its exit. */
  end(): Promise<EngineEnd>;
  snapshot(frame: Frame): Snapshot;
  inspect(frame: Frame): Promise<Inspection>;
}
