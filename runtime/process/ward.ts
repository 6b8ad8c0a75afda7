import type { Clock, Timer } from '../clock.js';
import type { EngineEnd } from '../engine.js';
import type { Task } from '../task.js';
import type { HostLine } from './host-line.js';
import type { Quarantine } from './quarantine.js';

/** A suspect has its host to itself for so long before the next one is given another. */
const PATIENCE_MS = 10_000;
/** What a host whose suspects are through may take for its teardowns, and then for its exit. */
const DISMISS_MS = 5_000;

/** What a ward is made with. */
export interface WardParts {
  readonly quarantine: Quarantine;
  readonly clock: Clock;
  /** The place of one more host. */
  readonly makeLine: () => HostLine;
  readonly send: (line: HostLine, task: Task) => void;
}

/**
 * Where suspects run alone, one after another, in a host of their own that is there only while there are any. One that takes long keeps its
 * host, and the next ones get another: nobody waits for ever behind a task that hangs.
 */
export class Ward {
  readonly #parts: WardParts;
  readonly #suspects = new Map<number, Task>();
  /** Hosts whose suspect takes long. */
  readonly #long = new Set<HostLine>();
  #line: HostLine;
  #patience: Timer | undefined;
  #isClosed = false;
  /** What went wrong in hosts that were dismissed. */
  readonly ends: EngineEnd[] = [];

  constructor(parts: WardParts) {
    this.#parts = parts;
    this.#line = parts.makeLine();
  }

  get lines(): HostLine[] {
    return [this.#line, ...this.#long];
  }

  /** Suspects that no host has. */
  waiting(): Task[] {
    const { lines } = this;
    return [...this.#suspects.values()].filter((task) => !lines.some((line) => line.has(task)));
  }

  /** A task is to run alone. */
  admit(task: Task): void {
    this.#suspects.set(task.id, task);
  }

  has(id: number): boolean {
    return this.#suspects.has(id);
  }

  /** A task is not to run here any more. */
  discharge(id: number): void {
    this.#suspects.delete(id);
  }

  /** Has the next suspect run, if none does, and ends what has none left. */
  next(): void {
    if (this.#isClosed) return;
    for (const line of this.#long) if (line.outstanding === 0) void this.#dismissLong(line);
    const { quarantine } = this.#parts;
    if (quarantine.size === 0) {
      void this.#dismiss();
      return;
    }
    const line = this.#line;
    line.start();
    if (!line.open || line.outstanding > 0) return;
    const task = this.#suspects.get(quarantine.next() ?? -1);
    if (task === undefined) return;
    this.#patience?.cancel();
    this.#patience = this.#parts.clock.timer(PATIENCE_MS, () => {
      this.#isLong(line, task);
    });
    this.#parts.send(line, task);
  }

  /** Nobody runs here any more. */
  close(): void {
    this.#isClosed = true;
    this.#patience?.cancel();
  }

  #isLong(line: HostLine, task: Task): void {
    if (this.#isClosed || line !== this.#line || !line.has(task)) return;
    this.#long.add(line);
    this.#line = this.#parts.makeLine();
    this.#parts.quarantine.passOn();
    this.next();
  }

  /** Should suspects come while it ends, it is brought up again. */
  async #dismiss(): Promise<void> {
    this.#patience?.cancel();
    if (this.#line.outstanding > 0 || this.#line.state === 'cold' || this.#line.state === 'ending') return;
    this.#ended(await this.#line.end(DISMISS_MS, DISMISS_MS));
    this.next();
  }

  async #dismissLong(line: HostLine): Promise<void> {
    if (line.state === 'ending') return;
    this.#ended(await line.end(DISMISS_MS, DISMISS_MS));
    this.#long.delete(line);
  }

  #ended(end: EngineEnd | undefined): void {
    if (end !== undefined && end.errors.length + end.left.length > 0) this.ends.push({ ...end, threads: [] });
  }
}
