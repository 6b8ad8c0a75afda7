import type { Culprit, Unsound } from '../../workers/protocol/messages.js';
import { fromWireError } from '../../workers/protocol/wire-error.js';
import { type DeathRecord, RestartIntensityError } from '../errors.js';
import { reasonOf, textOf } from './death.js';
import { RestartIntensity, type RestartLimits } from './restart.js';
import type { Death } from './thread.js';

/** The snapshot tells of so many deaths. */
const MAX_RECORDS = 100;

/** An end nobody asked for, as it is recorded, and the error behind it, if there is one. */
export interface Accident {
  readonly record: DeathRecord;
  readonly error: unknown;
}

/** Keeps the record of deaths nobody asked for, and says when there are too many. */
export class Deaths {
  readonly #intensity: RestartIntensity;
  /** Oldest first. */
  readonly records: DeathRecord[] = [];

  constructor(limits: RestartLimits) {
    this.#intensity = new RestartIntensity(limits);
  }

  /** See {@link RestartIntensity.worked}. */
  worked(slot: number): void {
    this.#intensity.worked(slot);
  }

  /** Enters a death. */
  enter(record: DeathRecord): void {
    this.records.push(record);
    if (this.records.length > MAX_RECORDS) this.records.shift();
  }

  /** Judges the death that was entered last; the error to give up with if it was one too many. */
  verdict({ slot }: DeathRecord, now: number): RestartIntensityError | undefined {
    const verdict = this.#intensity.died(slot, now);
    if (verdict.next === 'restart') return undefined;
    const behind = this.records.filter((death) => verdict.slot === undefined || death.slot === verdict.slot);
    return new RestartIntensityError(verdict.why, behind.slice(-verdict.deaths));
  }
}

/** Which thread of which slot. */
interface Where {
  readonly slot: number;
  readonly generation: number;
}

/** See {@link Where}. */
export function whereOf(slot: { readonly number: number }, thread: { readonly generation: number }): Where {
  return { slot: slot.number, generation: thread.generation };
}

/** A death as an accident. */
export function accidentOfDeath(
  where: Where,
  death: Death,
  culprit: { readonly task: string; readonly taskId: number } | undefined,
  at: string,
): Accident {
  const { task = null, taskId = null } = culprit ?? {};
  const error = 'error' in death ? death.error : undefined;
  return { record: { process: false, ...where, reason: reasonOf(death), task, taskId, at }, error };
}

/** A thread's demand to be replaced as an accident. */
export function accidentOfUnsound(
  where: Where,
  { cause, culprit }: { readonly cause: Unsound; readonly culprit: Culprit | undefined },
  at: string,
): Accident {
  const error = cause.kind === 'uncaught' ? fromWireError(cause.error) : undefined;
  const what = cause.kind === 'uncaught' ? `uncaught ${textOf(error)}` : `exit code ${cause.exitCode}`;
  const late = culprit?.running === false ? ' after its attempt had ended' : '';
  return {
    record: {
      process: false,
      ...where,
      reason: what + late,
      task: culprit?.task ?? null,
      taskId: culprit?.id ?? null,
      at,
    },
    error,
  };
}
