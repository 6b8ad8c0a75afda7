import type { Task } from '../task.js';
import type { Gate } from './gate.js';
import type { Needs } from './needs.js';

/** After so many vain tries a task goes before others. */
export const MOST_VAIN = 8;

/**
 * Who goes before whom. Nobody goes past the lines of his own kind, but for those of the gate he was called from.
 *
 * Who needs several places at once may find another one of them taken each time he is called, and wait for ever while those who need only one
 * come and go. After {@link MOST_VAIN} vain tries it is the *first*: while it is parked nobody else takes what it needs, so that those places
 * become free together. There is one first at a time: two could wait for each other.
 */
export class Precedence {
  readonly #vain = new Map<Task, number>();
  #first: { readonly task: Task; readonly needs: Needs } | undefined;

  /** The task that goes before others. */
  get first(): Task | undefined {
    return this.#first?.task;
  }

  /** The gate where others go before a task, if there are any. `from`: where it was called. */
  before(task: Task, { gates, lines }: Needs, from: Gate | undefined): Gate | undefined {
    if (this.#first?.task === task) return undefined;
    const { kind } = task.type.plan;
    // Who comes anew has found nothing out, and leaves its line where it is.
    if (from === undefined && lines[kind].hasBefore(task)) return lines[kind].gate;
    return gates.find((gate) => gate !== from && gate.lines[kind].hasBefore(task)) ?? this.#bars(gates);
  }

  /** It was called and found no place; whether that made it the first. */
  triedInVain(task: Task, needs: Needs): boolean {
    if (needs.gates.length < 2) return false;
    const vain = (this.#vain.get(task) ?? 0) + 1;
    this.#vain.set(task, vain);
    if (vain < MOST_VAIN || this.#first !== undefined) return false;
    this.#first = { task, needs };
    return true;
  }

  /** It has what it needs, or needs it no more. Answers with the gates where others may go on, if it was the first. */
  done(task: Task): readonly Gate[] {
    if (this.#vain.size > 0) this.#vain.delete(task);
    return this.#first?.task === task ? this.#leave() : [];
  }

  /** A place the first needs cannot be had for a long time: nobody is kept back for its sake. */
  hopeless(gate: Gate): readonly Gate[] {
    return this.#first?.needs.gates.includes(gate) === true ? this.#leave() : [];
  }

  /** What is kept free for the first: where that one stands, if it can be. It may be the line of who asks. */
  #bars(gates: readonly Gate[]): Gate | undefined {
    if (this.#first?.task.state !== 'parked') return undefined;
    const { task, needs } = this.#first;
    const { gate: place } = needs.lines[task.type.plan.kind];
    return gates.find((gate) => gate === place) ?? gates.find((gate) => needs.gates.includes(gate));
  }

  #leave(): readonly Gate[] {
    const gates = this.#first?.needs.gates ?? [];
    if (this.#first !== undefined) this.#vain.delete(this.#first.task);
    this.#first = undefined;
    return gates;
  }
}
