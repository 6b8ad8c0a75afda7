import type { CircuitEvent, Supervisor } from '../../runtime/index.js';
import { circuitLine } from '../render/circuit-line.js';

/** A dependency that is down. */
export interface Down {
  name: string;
  /** How long until a call tries it, milliseconds; 0 while one does. */
  retryInMs: number;
  /** Items that wait for it. */
  waiting: number;
}

/** How many tasks wait for each. */
type Waiting = Readonly<Record<string, { readonly waiting: number }>>;

/** What tells of circuits, and who is told. */
export interface CircuitRim {
  supervisor: Pick<Supervisor, 'on'>;
  /** Prints a line. */
  print: (line: string) => void;
  /** Milliseconds, from anywhere. */
  now: () => number;
}

/** Follows the circuits of a run's dependencies, and prints each change. */
export class Circuits {
  readonly #now: () => number;
  /** When each that is down is tried again. */
  readonly #down = new Map<string, number>();
  readonly #opened = new Map<string, number>();

  constructor({ supervisor, print, now }: CircuitRim) {
    this.#now = now;
    supervisor.on('circuit', (event) => {
      this.#note(event);
      print(circuitLine(event));
    });
  }

  /** Those that are down now; how many tasks wait for them is the snapshot's to tell. */
  down(waiting: Waiting): Down[] {
    return [...this.#down].map(([name, until]) => ({
      name,
      // Counted here: between two changes nobody tells anything, and the seconds shall go down all the same.
      retryInMs: Math.max(0, until - this.#now()),
      waiting: waiting[name]?.waiting ?? 0,
    }));
  }

  /** How often the circuit of this one has opened. A probe that failed opens it anew. */
  opened(name: string): number {
    return this.#opened.get(name) ?? 0;
  }

  #note({ dependency, state, retryAfterMs }: CircuitEvent): void {
    if (state === 'closed') {
      this.#down.delete(dependency);
      return;
    }
    this.#down.set(dependency, this.#now() + (retryAfterMs ?? 0));
    if (state === 'open') this.#opened.set(dependency, this.opened(dependency) + 1);
  }
}
