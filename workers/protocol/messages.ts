import type { BlackBoxTerms } from './black-box.js';
import type { CircuitChange, DependencyWire } from './dependencies.js';
import type { FaultTerms } from './faults.js';
import type { GrowthTerms, HoldingNote, LedgerTerms } from './ledger.js';
import type { TaskOptions, TraceContext } from './task-options.js';
import type { WireError } from './wire-error.js';

/** Raised whenever a message or the recorder changes shape; a thread that speaks another one refuses to start. */
export const PROTOCOL_VERSION = 4;

/**
 * The first message to a thread: where it stands and what it is wired to. `Port` is Node's MessagePort, which this room, free of
 * Node, cannot name.
 */
export interface Greeting<Port> {
  readonly type: 'greeting';
  readonly protocol: number;
  readonly slot: number;
  readonly generation: number;
  readonly recorder: SharedArrayBuffer;
  readonly entries: number;
  /** Values that do not fit into an entry: one message each, in the order of the inbox (in) and of `finished` (out). */
  readonly cargo: Port;
  /** {@link FromThread}, thread to supervisor. */
  readonly bell: Port;
  /** The control channel. */
  readonly control: Port;
  /** Where the thread's own stdout goes. */
  readonly output: 'inherit' | 'stderr';
  /** Default `ctx.args` of attempts that bring none. */
  readonly args: unknown;
  /** Where lines go that tasks print and log; undefined where nobody wants them: `ctx.log` is silent then, and what is printed goes its usual way. */
  readonly lines: SharedArrayBuffer | undefined;
  /** Whether a debugger is attached to the process; a thread's own code cannot tell. */
  readonly isInspected: boolean;
  /** Undefined where nothing is tracked. */
  readonly ledger: LedgerTerms | undefined;
  readonly growth: GrowthTerms | undefined;
  /** Undefined where no faults are injected. */
  readonly faults: FaultTerms | undefined;
  /** Absent in the supervisor's own process, which does not outlive itself. */
  readonly box?: BlackBoxTerms | undefined;
  /** Undefined where there are none. */
  readonly dependencies: DependencyWire | undefined;
}

/** Every later message through the pool: there is something in the inbox. It is answered when the thread has nothing left to do. */
export interface WakeUp {
  readonly type: 'wake';
}

/** What the pool hands to a thread. */
export type ToThread<Port> = Greeting<Port> | WakeUp;

/** A thread's answer to the greeting. `clock` is the thread's `performance.now()` at monotonic time `monotonicMs`. */
export interface Welcome {
  readonly threadId: number;
  /** Kernel thread id, null where the platform does not tell. */
  readonly tid: number | null;
  readonly clock: number;
  readonly monotonicMs: number;
}

/** What goes with an attempt beside its input; sent only when there is something to say. */
export interface AttemptNote {
  /** Makes the task's handler known; comes with its first attempt on a thread. */
  readonly introduce?: HandlerAddress;
  /** 1 for the first attempt. */
  readonly attempt: number;
  readonly args?: { readonly value: unknown };
  /** The caller's, if it has one. */
  readonly trace?: TraceContext;
  /** Whether the caller listens to `ctx.progress`. */
  readonly progress: boolean;
}

/** An input with its note: one message, so that a refused input leaves no note behind. */
export interface AnnotatedInput {
  readonly note: AttemptNote;
  readonly input: unknown;
}

/** How an attempt ended that did not end well, as the thread saw it. */
export type Failure =
  /** `called` are the dependencies it had called through `ctx.call`, by index; absent when none. */
  | { readonly status: 'failed'; readonly error: WireError; readonly called?: readonly number[] }
  /** The handler failed with what its own `ctx.call` threw because the circuit of a dependency was open. */
  | {
      readonly status: 'circuit-open';
      /** Its index. */
      readonly dependency: number;
      readonly retryAfterMs: number;
      readonly error: WireError;
    }
  /** The result could not be cloned: where in it, and what sat there. */
  | { readonly status: 'uncloneable'; readonly path: string; readonly what: string }
  /** The task's module or export could not be loaded in this thread. */
  | { readonly status: 'not-loaded'; readonly error: WireError }
  /** An error nobody caught, thrown in the attempt's context while it ran. */
  | { readonly status: 'uncaught'; readonly error: WireError }
  /** The attempt called `process.exit` while others ran beside it; the thread ends when they have. */
  | { readonly status: 'exited'; readonly exitCode: number };

/** What a thread says by itself, on the bell port. */
export type FromThread =
  | { readonly type: 'ring' }
  | {
      readonly type: 'progress';
      readonly entry: number;
      readonly id: number;
      readonly fraction: number;
      readonly note: string | undefined;
    }
  /** There are lines to read; at once where the ring is half full. */
  | { readonly type: 'lines'; readonly isUrgent: boolean }
  /** What attempts left behind. Where one is ending, this comes before its outcome. */
  | { readonly type: 'left'; readonly notes: readonly HoldingNote[] }
  /** What was called a leak was closed by its own task after all. */
  | { readonly type: 'returned'; readonly note: HoldingNote }
  /** The thread's memory grows with the tasks it runs. */
  | ({ readonly type: 'growth' } & GrowthNote)
  /** A call has moved the circuit of a dependency. */
  | { readonly type: 'circuit'; readonly change: CircuitChange }
  /** A call has left a dependency, by index, for which tasks are parked. */
  | { readonly type: 'released'; readonly dependency: number }
  | { readonly type: 'unsound'; readonly cause: Unsound; readonly culprit: Culprit | undefined };

/** What was found about a thread's memory, verified by garbage collections. */
export interface GrowthNote {
  /** Where it grows: the JavaScript heap, or memory outside it that its objects hold. */
  readonly where: 'heap' | 'external';
  /** The task that retains it; null when several ran and none stands out. */
  readonly task: string | null;
  /** Bytes each task of that name leaves behind, or each task of the thread when none stands out. 0 takes an earlier finding back. */
  readonly bytesPerTask: number;
  /** Bytes above the warmed-up base. */
  readonly retainedBytes: number;
  /** Tasks it was seen over. */
  readonly tasks: number;
}

/** Why a thread asks to be replaced once what runs in it has ended: its state can no longer be trusted. */
export type Unsound =
  | { readonly kind: 'uncaught'; readonly error: WireError }
  | { readonly kind: 'exit'; readonly exitCode: number };

/** Levels of `ctx.log`. */
export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

/** The attempt in whose context an error was thrown; `running` tells whether it had not ended yet. */
export interface Culprit {
  readonly id: number;
  readonly task: string;
  readonly running: boolean;
}

/** One export of a task module. */
export interface ExportDescription {
  readonly name: string;
  readonly options: TaskOptions;
}

/** What `describe` found in a module; `failed` is what its loading threw, and undefined when it loaded. */
export interface ModuleDescription {
  readonly exports: readonly ExportDescription[];
  readonly failed: WireError | undefined;
}

/** A handler as a thread finds it: number given by the supervisor, module, export. */
export interface HandlerAddress {
  readonly task: number;
  readonly href: string;
  readonly name: string;
  /** How the task is called in reports. */
  readonly label: string;
  readonly kind: 'cpu' | 'io';
  /** Indexes of the dependencies that the whole attempt uses; absent when none. */
  readonly uses?: readonly number[];
}

/** Why a running attempt is asked to stop. `reason` becomes `ctx.signal.reason`. */
export interface CancelRequest {
  readonly entry: number;
  readonly id: number;
  readonly reason: WireError;
}

/** Answer of `quiesce`: what went wrong while teardowns ran and resources were closed, and what was still open then. */
export interface QuiesceReport {
  readonly errors: readonly WireError[];
  /** What the thread had to close itself. */
  readonly closed: readonly HoldingNote[];
  /** What it could not close. */
  readonly left: readonly HoldingNote[];
}

/** The control channel: what the supervisor may ask of a thread beside its tasks. Every call is answered, or the thread is dead. */
export interface ThreadControl {
  /** Imports a module and lists its handlers. */
  describe(href: string): Promise<ModuleDescription>;
  /** Aborts an attempt's signal; false when it had already ended. */
  cancel(request: CancelRequest): boolean;
  /** What is open. */
  inspect(): HoldingNote[];
  /** Runs teardowns, closes resources and whatever else is open; nothing is started afterwards. */
  quiesce(): Promise<QuiesceReport>;
}
