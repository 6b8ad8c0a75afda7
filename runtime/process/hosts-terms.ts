import type { Clock } from '../clock.js';
import type { ClosedError, RestartIntensityError, ThreadLostError } from '../errors.js';
import type { RestartEvent } from '../observe/events.js';
import type { Task } from '../task.js';
import type { RestartLimits } from '../threads/restart.js';
import type { HostLine } from './host-line.js';
import type { HostSetup } from './host-process.js';
import type { FromHost, HostedOutcome } from './wire.js';

/** Who has the tasks, and hears what becomes of them. */
export interface HostsListener {
  /** The usual host takes tasks now. */
  up(line: HostLine): void;
  /** `deaths` of hosts it is charged with: what it ran for again was the same attempt, and counts in what it cost. */
  outcome(task: Task, outcome: HostedOutcome, deaths: number): void;
  /** All that came together has been told. */
  told(): void;
  heard(message: FromHost, line: HostLine): void;
  /** Its host died under it, and it does not run again. */
  lost(task: Task, error: ThreadLostError | ClosedError): void;
  /** Its input cannot be sent. */
  refused(task: Task, error: unknown): void;
  restarted(event: RestartEvent): void;
  gaveUp(error: RestartIntensityError): void;
}

/** What hosts are made with. */
export interface HostsParts {
  /** Of the usual host, and of the one in which suspects run alone. */
  readonly setups: { readonly usual: HostSetup; readonly alone: HostSetup };
  readonly restart: RestartLimits;
  readonly rerun: boolean;
  readonly clock: Clock;
  readonly wallClock: () => string;
  /** Whether somebody listens to everybody's progress. */
  readonly wantsProgress: () => boolean;
}
