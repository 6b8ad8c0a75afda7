import type { Kind } from '../../workers/protocol/outcome.js';
import { type List, PriorityQueue, type Queued } from '../lanes/queue.js';
import type { Task } from '../task.js';
import type { Gate } from './gate.js';

/**
 * Parked tasks of one kind that need the same. They stand at one gate together, the one that refused whoever of them tried last, and go on to
 * another together: what keeps one of them out keeps all of them out, and a thousand take no longer to move than one.
 *
 * Among the lines of its gate it has the place that the task at its head would have.
 */
export class Line implements Queued {
  readonly kind: Kind;
  /** What its tasks may have to wait for. */
  readonly gates: readonly Gate[];
  readonly #tasks = new PriorityQueue<Task>();
  /** Where it stands; undefined while nobody is in it. */
  gate: Gate | undefined;
  id = -1;
  priority = 0;
  queuedAt = 0;
  list: List<this> | undefined = undefined;
  next: this | undefined = undefined;
  previous: this | undefined = undefined;

  constructor(kind: Kind, gates: readonly Gate[]) {
    this.kind = kind;
    this.gates = gates;
  }

  /** Whether a task that is not in it has somebody before it here. */
  hasBefore(task: Task): boolean {
    return this.#tasks.hasBefore(task);
  }

  /** Puts a task in, where it would stand had it never left, and the line before a gate. */
  join(task: Task, gate: Gate): void {
    const left = this.#stepBack();
    this.#tasks.insert(task);
    this.#stepUp(gate);
    if (left !== gate) left?.resized();
  }

  /** Takes a task out, wherever it stands. */
  leave(task: Task): void {
    const gate = this.#stepBack();
    this.#tasks.remove(task);
    if (gate !== undefined) this.#stepUp(gate);
  }

  /** Takes the task whose turn it is. */
  take(now: number): Task | undefined {
    const gate = this.#stepBack();
    const task = this.#tasks.take(now);
    if (gate !== undefined) this.#stepUp(gate);
    return task;
  }

  #stepBack(): Gate | undefined {
    const { gate } = this;
    gate?.lines[this.kind].remove(this);
    if (gate !== undefined) gate.size -= this.#tasks.size;
    this.gate = undefined;
    return gate;
  }

  #stepUp(gate: Gate): void {
    const head = this.#tasks.first;
    if (head !== undefined) {
      this.gate = gate;
      ({ id: this.id, priority: this.priority, queuedAt: this.queuedAt } = head);
      gate.lines[this.kind].insert(this);
      gate.size += this.#tasks.size;
    }
    gate.resized();
  }
}

/** A line for each kind. */
export function linesFor(gates: readonly Gate[]): Readonly<Record<Kind, Line>> {
  return { cpu: new Line('cpu', gates), io: new Line('io', gates) };
}
