import { MOST_DEATHS } from '../blame.js';
import type { DeathRecord, RestartIntensityError } from '../errors.js';
import type { Task } from '../task.js';
import { textOf } from '../threads/death.js';
import { Deaths } from '../threads/deaths.js';
import type { RestartLimits } from '../threads/restart.js';
import type { HostLine } from './host-line.js';
import type { HostDeath } from './host-process.js';
import { type Condemned, howItEnded } from './quarantine.js';

/** A host that died, what was running in it, and what it was the end of. */
interface Case {
  readonly line: HostLine;
  readonly death: HostDeath;
  readonly running: readonly Task[];
  readonly lost: readonly Condemned[];
}

/**
 * Keeps the record of hosts that died, and says when there are too many.
 *
 * A death under which nothing ran counts for restart intensity like that of a thread. Where tasks were running each of them can cause two, and
 * then it is out: what is counted there is tasks that go that way, one after another without any that ends ok, up to as many as all threads
 * together may have deaths. A handful of bad inputs in a row ends nobody else's run, and a handler that brings down its process with every input
 * does not do so for ever.
 */
export class HostDeaths {
  readonly #unprovoked: Deaths;
  readonly #convictions: Deaths;
  readonly #wallClock: () => string;

  constructor(limits: RestartLimits, wallClock: () => string) {
    this.#unprovoked = new Deaths(limits);
    this.#convictions = new Deaths({ ...limits, intensity: limits.total });
    this.#wallClock = wallClock;
  }

  /** A task ended ok, in whichever host. */
  worked(): void {
    for (const line of [0, 1]) {
      this.#unprovoked.worked(line);
      this.#convictions.worked(line);
    }
  }

  /** Enters a death; `tooMany` is the error to give up with, if it was one too many. */
  died(
    found: Case,
    now: number,
  ): { readonly record: DeathRecord; readonly tooMany: RestartIntensityError | undefined } {
    const record = recordOf(found, this.#wallClock());
    this.#unprovoked.enter(record);
    if (found.running.length === 0) return { record, tooMany: this.#unprovoked.verdict(record, now) };
    for (const { deaths } of found.lost) {
      if (deaths < MOST_DEATHS) continue;
      this.#convictions.enter(record);
      const tooMany = this.#convictions.verdict(record, now);
      if (tooMany !== undefined) return { record, tooMany };
    }
    return { record, tooMany: undefined };
  }
}

function recordOf({ line, death, running }: Case, at: string): DeathRecord {
  const [first] = running;
  const culprit = running.length === 1 ? first : undefined;
  return {
    process: true,
    slot: line.number,
    generation: line.generation,
    reason:
      death.error === undefined
        ? `the process ended with ${howItEnded(death)}`
        : `the process did not come up: ${textOf(death.error)}`,
    task: culprit?.type.label ?? null,
    taskId: culprit?.id ?? null,
    at,
  };
}
