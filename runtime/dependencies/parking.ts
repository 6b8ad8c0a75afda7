import type { Kind } from '../../workers/protocol/outcome.js';
import type { Clock } from '../clock.js';
import type { Lanes } from '../lanes/lanes.js';
import type { Task } from '../task.js';
import { DependencyGate, type Gate } from './gate.js';
import type { Line } from './line.js';

const KINDS = ['cpu', 'io'] as const satisfies readonly Kind[];

/** Where tasks wait that a gate has refused, and how they are called back to their lanes: one by one, whose turn it is. See `Gates`. */
export class Parking {
  readonly #lanes: Lanes;
  readonly #clock: Clock;
  readonly #called: () => void;
  readonly #first: () => Task | undefined;
  readonly #parked = new Map<Task, Line>();
  /** Tasks that were called and have not tried yet, and from where. */
  readonly #onTheirWay = new Map<Task, Gate>();

  constructor(parts: {
    lanes: Lanes;
    clock: Clock;
    /** Tasks are in their lanes again. */
    called: () => void;
    /** Who is called before all others, wherever it is parked. */
    first: () => Task | undefined;
  }) {
    this.#lanes = parts.lanes;
    this.#clock = parts.clock;
    this.#called = parts.called;
    this.#first = parts.first;
  }

  /** Tasks parked. */
  get size(): number {
    return this.#parked.size;
  }

  /** The tasks that are parked. */
  tasks(): Task[] {
    return [...this.#parked.keys()];
  }

  /** Tasks parked that cannot go without a gate, wherever they stand. */
  needing(gate: Gate): Task[] {
    return this.tasks().filter((task) => this.#parked.get(task)?.gates.includes(gate));
  }

  /** Puts a task that is in no lane into a line, at its place, and the line before the gate that refused it. */
  park(task: Task, line: Line, gate: Gate, now: number): void {
    task.state = 'parked';
    this.#parked.set(task, line);
    line.join(task, gate);
    this.#awaitBreak(gate, now);
  }

  /** Takes a task out of wherever it is parked. */
  leave(task: Task): void {
    this.#parked.get(task)?.leave(task);
    this.#parked.delete(task);
  }

  /** A task that may have been called tries now, or never will; from where it was called. */
  arrived(task: Task): Gate | undefined {
    const gate = this.#onTheirWay.get(task);
    if (gate !== undefined) this.#onTheirWay.delete(task);
    return gate;
  }

  /** Has the next of each kind try, if there may be room. */
  call(gate: Gate, now: number): void {
    const first = this.#first();
    let isSomebody = false;
    for (const kind of KINDS) {
      const lines = gate.lines[kind];
      if (lines.size === 0 || !gate.hasRoom(now) || !this.#mayTry(gate, kind, now)) continue;
      const isFirstHere = first?.type.plan.kind === kind && this.#parked.get(first)?.gate === gate;
      const task = isFirstHere ? first : lines.take(now)?.take(now);
      if (task === undefined) continue;
      this.leave(task);
      this.#onTheirWay.set(task, gate);
      if (gate.isCareful(now)) gate.trials.set(kind, task);
      this.#lanes.rejoin(task, now);
      isSomebody = true;
    }
    if (isSomebody) this.#called();
  }

  /** A circuit has changed: the end of its break is waited for while somebody is parked there. */
  changed(gate: DependencyGate, now: number): void {
    if (!gate.isCareful(now)) gate.trials.clear();
    this.#awaitBreak(gate, now);
  }

  #mayTry(gate: Gate, kind: Kind, now: number): boolean {
    return !gate.trials.has(kind) || !gate.isCareful(now);
  }

  #awaitBreak(gate: Gate, now: number): void {
    if (!(gate instanceof DependencyGate) || gate.size === 0 || gate.timer !== undefined) return;
    const ms = gate.breakLeftMs(now);
    if (ms === 0) return;
    gate.timer = this.#clock.timer(ms, () => {
      gate.timer = undefined;
      const at = this.#clock.now();
      this.call(gate, at);
      // A timer may be early, and a later break longer.
      this.#awaitBreak(gate, at);
    });
  }
}
