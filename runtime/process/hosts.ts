import type { Timer } from '../clock.js';
import type { EngineEnd } from '../engine.js';
import { ClosedError, type RestartIntensityError, ThreadLostError } from '../errors.js';
import type { Inspection } from '../observe/inspection.js';
import type { Task } from '../task.js';
import { EXIT_MS, QUIESCE_MS } from '../threads/ends.js';
import { HostDeaths } from './host-deaths.js';
import { HostLine } from './host-line.js';
import type { HostDeath, HostProcess, HostSetup } from './host-process.js';
import type { HostsListener, HostsParts } from './hosts-terms.js';
import { howItEnded, Quarantine } from './quarantine.js';
import { Unsent } from './unsent.js';
import { Ward } from './ward.js';
import type { HostedOutcome } from './wire.js';

const USUAL = 0;
const ALONE = 1;

/** Beyond the longest grace, a host that was told to stop everything is given as long as threads are to end. */
const STUCK_MS = QUIESCE_MS + EXIT_MS;

/**
 * The hosts of a supervisor: the usual one, and beside it, only while there are suspects, one in which these run alone. Keeps what is not
 * sent, sends it, and finds out who is to blame when a host dies.
 */
export class Hosts {
  readonly main: HostLine;
  readonly #unsent: Unsent;
  readonly #ward: Ward;
  readonly #parts: HostsParts;
  readonly #listener: HostsListener;
  readonly #quarantine: Quarantine;
  readonly #deaths: HostDeaths;
  /** Of the usual hosts, and of those in which suspects run alone. */
  readonly #generations: [number, number] = [0, 0];
  #rejectsUnstarted = false;
  #lastCall: Timer | undefined;
  #state: 'running' | 'aborting' | 'closed' = 'running';

  constructor(parts: HostsParts, listener: HostsListener) {
    this.#parts = parts;
    this.#listener = listener;
    this.#quarantine = new Quarantine({ rerun: parts.rerun });
    this.#deaths = new HostDeaths(parts.restart, parts.wallClock);
    this.main = this.#makeLine(USUAL, parts.setups.usual);
    this.#unsent = new Unsent({
      clock: parts.clock,
      isReady: () => {
        this.start();
        return this.main.open;
      },
      send: (task) => {
        this.#send(this.main, task);
      },
    });
    this.#ward = new Ward({
      quarantine: this.#quarantine,
      clock: parts.clock,
      makeLine: () => this.#makeLine(ALONE, parts.setups.alone),
      send: (to, task) => {
        this.#send(to, task);
      },
    });
  }

  /** Tasks accepted and not started, as far as is known. */
  get unstarted(): number {
    return this.#unsent.size + this.#quarantine.size + this.main.unstarted;
  }

  /** Tasks that no host has: they wait for one that is up, or for their turn alone. */
  waiting(): Task[] {
    return [...this.#unsent.tasks(), ...this.#ward.waiting()];
  }

  /** Every task accepted and not settled. */
  all(): Task[] {
    return [...this.waiting(), ...this.#lines().flatMap((line) => line.tasks())];
  }

  /** Brings up the usual host. */
  start(): void {
    if (this.#state === 'running') this.main.start();
  }

  /** Takes an accepted task; it is sent once the code that submits is through. */
  take(task: Task): void {
    this.#unsent.add(task);
  }

  /** Whether a task was running when its host died, and waits for its turn alone. */
  isSuspect(task: Task): boolean {
    return this.#ward.has(task.id);
  }

  /** A task that no host has is not wanted any more. */
  leave(task: Task): void {
    this.#unsent.delete(task);
    this.#forget(task.id);
  }

  /** Asks the host that has the task to stop it. */
  cancel(task: Task, wish: Parameters<HostProcess['cancel']>[1]): void {
    for (const line of this.#lines()) if (line.has(task)) line.cancel(task, wish);
  }

  /** Has the hosts reject what has not started. */
  rejectUnstarted(): void {
    this.#rejectsUnstarted = true;
    for (const line of this.#lines()) line.rejectUnstarted();
  }

  /** Has the hosts stop everything. What a host that dies from now on had is not run again. */
  abortAll(): void {
    this.#state = 'aborting';
    const graces = this.all().map(({ plan }) => plan.grace);
    for (const line of this.#lines()) line.abortAll();
    // A host whose own thread is stuck in native code stops nothing.
    this.#lastCall = this.#parts.clock.timer(Math.max(0, ...graces) + STUCK_MS, () => {
      for (const line of this.#lines()) line.kill();
    });
  }

  /** What is open in the threads of the usual host; undefined while there is none. */
  inspect(): Promise<Inspection> | undefined {
    return this.main.inspect();
  }

  /** Ends all hosts. */
  async end(quiesceMs: number, exitMs: number): Promise<EngineEnd> {
    this.#state = 'closed';
    this.#lastCall?.cancel();
    this.#ward.close();
    const ends = await Promise.all(this.#lines().map((line) => line.end(quiesceMs, exitMs)));
    const told = [...this.#ward.ends, ...ends.filter((end) => end !== undefined)];
    return {
      threads: told.flatMap(({ threads }) => threads),
      errors: told.flatMap(({ errors }) => errors),
      closed: told.flatMap(({ closed }) => closed),
      orphans: told.flatMap(({ orphans }) => orphans),
      left: told.flatMap(({ left }) => left),
    };
  }

  #lines(): HostLine[] {
    return [this.main, ...this.#ward.lines];
  }

  #makeLine(number: typeof USUAL | typeof ALONE, setup: HostSetup): HostLine {
    const { clock, wantsProgress } = this.#parts;
    return new HostLine(
      number,
      { setup, now: () => clock.now(), nextGeneration: () => ++this.#generations[number], wantsProgress },
      {
        up: this.#up,
        outcomes: this.#outcomes,
        told: (from, message) => {
          this.#listener.heard(message, from);
        },
        died: this.#died,
      },
    );
  }

  #send(line: HostLine, task: Task): void {
    task.state = 'dispatched';
    try {
      line.send(task);
    } catch (error) {
      this.#forget(task.id);
      this.#listener.refused(task, error);
      if (!line.isUsual) this.#nextSuspect();
      return;
    }
    // Somebody stopped it on its way between two hosts.
    if (task.stop !== undefined) line.cancel(task, task.stop);
  }

  #nextSuspect(): void {
    this.#parts.clock.soon(() => {
      this.#ward.next();
    });
  }

  readonly #up = (line: HostLine): void => {
    if (!line.isUsual) this.#ward.next();
    else {
      this.#unsent.flush();
      this.#listener.up(line);
    }
  };

  readonly #outcomes = (line: HostLine, batch: readonly HostedOutcome[]): void => {
    for (const outcome of batch) {
      const task = line.take(outcome.id);
      // It may have been settled since, by who heard of another.
      if (task === undefined || task.state === 'settled') continue;
      if (outcome.outcome === 'ok') this.#deaths.worked();
      const deaths = this.#quarantine.deaths(task.id);
      this.#forget(task.id);
      this.#listener.outcome(task, outcome, deaths);
    }
    if (!line.isUsual) this.#ward.next();
    this.#listener.told();
  };

  readonly #died = (line: HostLine, death: HostDeath, had: readonly Task[]): void => {
    const tasks = new Map(had.map((task) => [task.id, task]));
    const running = had.filter(({ id }) => death.started(id));
    const { suspects, resend, lost } = this.#quarantine.died(death, tasks.keys());
    const { record, tooMany } = this.#deaths.died({ line, death, running, lost }, this.#parts.clock.now());
    if (tooMany === undefined && this.#state !== 'closed') this.#listener.restarted({ ...record, error: death.error });
    const again = [...resend, ...suspects].map((id) => tasks.get(id)).filter((task) => task !== undefined);
    const kept = again.filter((task) => !this.#isOver(task, death, running.includes(task)));
    for (const { id, error, deaths } of lost) {
      const task = tasks.get(id);
      this.#ward.discharge(id);
      if (task === undefined) continue;
      task.attemptsStarted += deaths;
      this.#listener.lost(task, error);
    }
    for (const task of kept) task.state = 'queued';
    for (const id of suspects) {
      const task = kept.find((one) => one.id === id);
      if (task !== undefined) this.#ward.admit(task);
    }
    this.#unsent.putBack(kept.filter(({ id }) => !this.#ward.has(id)));
    this.#goOn(tooMany);
  };

  /** Whether a task that would run again does not: somebody has asked it to stop, or everything is being stopped. */
  #isOver(task: Task, death: HostDeath, started: boolean): boolean {
    const isRejected = this.#state !== 'running' || (this.#rejectsUnstarted && !started);
    if (task.stop === undefined && !isRejected) return false;
    this.#forget(task.id);
    const why = `its process ended with ${howItEnded(death)}`;
    const error = new ThreadLostError(why, { started, exitCode: death.exitCode ?? undefined });
    this.#listener.lost(task, isRejected ? new ClosedError(started) : error);
    return true;
  }

  #goOn(tooMany: RestartIntensityError | undefined): void {
    if (this.#state === 'closed') return;
    if (tooMany !== undefined) {
      this.#state = 'closed';
      this.#listener.gaveUp(tooMany);
      return;
    }
    this.start();
    this.#ward.next();
  }

  #forget(id: number): void {
    this.#quarantine.left(id);
    this.#ward.discharge(id);
  }
}
