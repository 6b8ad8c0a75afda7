import type { Clock } from '../clock.js';
import type { Task } from '../task.js';

/** What the unsent need. */
export interface UnsentParts {
  readonly clock: Clock;
  /** Whether they can be sent now; brings up what they are sent to. */
  readonly isReady: () => boolean;
  readonly send: (task: Task) => void;
}

/** Accepted tasks that no host has. They are sent once the code that submits is through, and as soon as there is a host. */
export class Unsent {
  readonly #parts: UnsentParts;
  #tasks = new Set<Task>();
  #isPlanned = false;

  constructor(parts: UnsentParts) {
    this.#parts = parts;
  }

  get size(): number {
    return this.#tasks.size;
  }

  tasks(): Task[] {
    return [...this.#tasks];
  }

  add(task: Task): void {
    this.#tasks.add(task);
    if (this.#isPlanned) return;
    this.#isPlanned = true;
    this.#parts.clock.soon(() => {
      this.#isPlanned = false;
      this.flush();
    });
  }

  /** Tasks that had been sent to a host that is gone come before those that have not. */
  putBack(tasks: readonly Task[]): void {
    this.#tasks = new Set([...tasks, ...this.#tasks]);
  }

  delete(task: Task): void {
    this.#tasks.delete(task);
  }

  /** Sends them, if that can be done now. */
  flush(): void {
    if (this.#tasks.size === 0 || !this.#parts.isReady()) return;
    // One by one: who is told of one that cannot be sent may stop others.
    for (const task of this.#tasks) {
      this.#tasks.delete(task);
      this.#parts.send(task);
    }
  }
}
