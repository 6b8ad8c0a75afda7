import { AsyncLocalStorage } from 'node:async_hooks';
import type { ModuleDescription } from '../../workers/protocol/messages.js';
import type { Describer, EngineEnd, Frame } from '../engine.js';
import { ClosedError } from '../errors.js';
import { Ledger } from '../ledger/ledger.js';
import type { Lines, LostLines } from '../logs/read-line.js';
import { coreParts, type EngineRim } from '../make-engine.js';
import type { Announcer, SupervisorEvents } from '../observe/events.js';
import type { Inspection } from '../observe/inspection.js';
import type { Settings } from '../settings.js';
import { ThreadEngine } from '../thread-engine.js';
import type { Slot } from '../threads/slot.js';
import { BOX_FD } from './descriptors.js';
import { HostBooks } from './host-books.js';
import { HostTypes } from './host-types.js';
import type { ReadyOutcome } from './outcome-records.js';
import { markError, reviveError } from './revive.js';
import { StatusTimer } from './status-timer.js';
import type { BoxTerms, HostedTask, HostMessage, HostSettings, ToHost } from './wire.js';

/** Who passes on what is found out. */
export interface WorkListener {
  say(message: HostMessage): void;
  settled(outcome: ReadyOutcome): void;
  /** What was printed and logged in a thread, and what of that was lost. Outcomes that came after it come after it. */
  lines(lines: Lines, lost: LostLines | undefined): void;
}

/** What a host does: performs tasks in threads of its own, as a supervisor would in its process, and tells of it. */
export class HostedWork {
  readonly engine: ThreadEngine;
  readonly types: HostTypes;
  readonly #books: HostBooks;
  readonly #frame: Frame;
  readonly #listener: WorkListener;
  readonly #status: StatusTimer;
  /** The thread last told of, by slot. */
  readonly #generations: number[] = [];
  /** Who waits for a thread, to have a module looked at. */
  #waiting: { readonly go: (describer: Describer) => void; readonly refuse: (error: unknown) => void }[] = [];
  #closed: Error | undefined;

  constructor(settings: HostSettings, { ahead }: BoxTerms, listener: WorkListener) {
    const { name, sizing, tracked } = settings;
    this.#listener = listener;
    this.#frame = { name, sizing, tracked, state: 'running' };
    this.types = new HostTypes(tracked);
    this.#books = new HostBooks({
      settled: (outcome) => {
        listener.settled(outcome);
      },
      retried: (retry) => {
        listener.say({ type: 'retried', retry });
      },
    });
    this.#status = new StatusTimer(
      this.#tellStatus,
      () => this.engine.pending > 0,
      () => performance.now(),
    );
    const ledger = new Ledger();
    const parts = coreParts(completed(settings, ahead), this.#rim(), ledger);
    this.engine = new ThreadEngine(
      {
        ...parts,
        metrics: this.#books,
        found: ({ number: slot, generation }, finding) => {
          listener.say({ type: 'finding', slot, generation, finding });
        },
        onReady: this.#ready,
      },
      // It is the supervisor that ends what is left of a host.
      { ledger, lastResort: false },
    );
  }

  /** Tasks that have not started. */
  get waiting(): number {
    return this.engine.waiting;
  }

  start(): void {
    this.engine.start();
    this.#status.changed();
  }

  /** Takes a task that has come just now. */
  submit(sent: HostedTask, now: number): void {
    const task = this.types.task(sent, this.#books, now);
    this.#books.tasks.set(task.id, task);
    this.engine.submit(task);
    this.#status.changed();
  }

  cancel({ id, outcome, error }: Extract<ToHost, { type: 'cancel' }>): void {
    const task = this.#books.tasks.get(id);
    if (task === undefined) return;
    const why = reviveError(error);
    this.engine.stop(task, { outcome, errorFor: () => why, ends: 'task' });
  }

  /** Has a module imported in a thread, the one with the least work, as soon as there is one. */
  async describe(href: string): Promise<ModuleDescription> {
    const description = await (await this.#describer()).describe(href);
    if (description === undefined) throw this.#closed ?? new ClosedError(false);
    return description;
  }

  inspect(): Promise<Inspection> {
    return this.engine.inspect(this.#frame);
  }

  /** Ends all threads. */
  end(): Promise<EngineEnd> {
    // Whoever asks afterwards is told how it stood at the end.
    this.#tellStatus();
    this.#close(new ClosedError(false));
    return this.engine.end();
  }

  #describer(): Promise<Describer> {
    const [idlest] = this.engine.describers.filter(({ open }) => open).sort((a, b) => a.outstanding - b.outstanding);
    if (this.#closed !== undefined) return Promise.reject(this.#closed);
    if (idlest !== undefined) return Promise.resolve(idlest);
    return new Promise((go, refuse) => this.#waiting.push({ go, refuse }));
  }

  #close(error: Error): void {
    this.#closed ??= error;
    this.#status.stop();
    for (const { refuse } of this.#waiting.splice(0)) refuse(error);
  }

  readonly #ready = (slot: Slot): void => {
    const { number, generation } = slot;
    // It is also told of a thread that takes attempts again.
    if (this.#generations[number] !== generation) this.#listener.say({ type: 'up', slot: number, generation });
    this.#generations[number] = generation;
    for (const { go } of this.#waiting.splice(0)) go(slot);
    this.#changed();
  };

  readonly #tellStatus = (): void => {
    const { capabilities, threads, lanes, dependencies, process, unattributed } = this.engine.snapshot(this.#frame);
    const status = { capabilities, threads, lanes, dependencies, process, unattributed };
    this.#listener.say({ type: 'status', status });
  };

  #changed(): void {
    if (this.#closed === undefined) this.#status.changed();
  }

  #rim(): EngineRim {
    return {
      announcer: this.#announcer(),
      typeOf: (number) => this.types.of(number),
      lines: (lines, lost) => {
        this.#listener.lines(lines, lost);
      },
      onReady: this.#ready as EngineRim['onReady'],
      onBroken: (error) => {
        this.#listener.say({ type: 'broken', error: markError(error) });
        this.#close(error);
      },
    };
  }

  /** Leaks and growth are found out anew from the findings, settled tasks are told with their outcomes, and there is no queue to be full. */
  #announcer(): Announcer {
    return {
      wants: () => false,
      tell: (name, ...args) => {
        const [event] = args;
        this.#announce({ name, event } as Announcement);
      },
    };
  }

  #announce(told: Announcement): void {
    const say = (message: HostMessage): void => {
      this.#listener.say(message);
    };
    switch (told.name) {
      case 'progress':
        say({ type: 'progress', event: told.event });
        break;
      case 'circuit':
        say({ type: 'circuit', event: told.event });
        break;
      case 'recycle':
        say({ type: 'recycle', event: told.event });
        break;
      case 'restart': {
        const { error, ...event } = told.event;
        say({ type: 'restart', event, error: error === undefined ? undefined : markError(error) });
        break;
      }
      case 'retry': {
        const { error, ...event } = told.event;
        say({ type: 'retry', event, error: markError(error) });
        break;
      }
      case 'settled':
      case 'leak':
      case 'growth':
      case 'saturated':
      case 'unsaturated':
        return;
    }
    this.#changed();
  }
}

type Announcement = {
  [Name in keyof SupervisorEvents]: { readonly name: Name; readonly event: SupervisorEvents[Name][0] };
}[keyof SupervisorEvents];

/** The supervisor's settings, with what a process has of its own. */
function completed(settings: HostSettings, ahead: number): Settings {
  const outside = AsyncLocalStorage.snapshot();
  return {
    ...settings,
    // Told to the supervisor, if it wants to know.
    logs: undefined,
    maxQueue: Number.POSITIVE_INFINITY,
    threadSetup: {
      ...settings.threadSetup,
      box: { fd: BOX_FD, ahead },
      outside,
      gone: () => undefined,
      dependencies: undefined,
    },
  };
}
