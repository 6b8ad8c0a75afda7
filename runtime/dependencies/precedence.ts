import type { Task } from '../task.js';
import type { Gate } from './gate.js';

/** After so many vain tries a task goes before others. */
export const MOST_VAIN = 8;

/**
 * Who needs several places at once may find another one of them taken each time he is called, and wait for ever while those who need only one
 * come and go. After {@link MOST_VAIN} vain tries it is the *first*: while it is parked nobody else takes what it needs, so that those places
 * become free together. There is one first at a time: two could wait for each other.
 */
export class Precedence {
  readonly #vain = new Map<Task, number>();
  #first: { readonly task: Task; readonly gates: readonly Gate[] } | undefined;

  /** The task that goes before others. */
  get first(): Task | undefined {
    return this.#first?.task;
  }

  /** What keeps a task back for the sake of the first, if anything does. */
  bars(task: Task, gates: readonly Gate[]): Gate | undefined {
    const first = this.#first;
    if (first === undefined || first.task === task || first.task.state !== 'parked') return undefined;
    return gates.find((gate) => first.gates.includes(gate));
  }

  /** It was called and found no place; whether that made it the first. */
  triedInVain(task: Task, gates: readonly Gate[]): boolean {
    if (gates.length < 2) return false;
    const vain = (this.#vain.get(task) ?? 0) + 1;
    this.#vain.set(task, vain);
    if (vain < MOST_VAIN || this.#first !== undefined) return false;
    this.#first = { task, gates };
    return true;
  }

  /** It has what it needs, or needs it no more. Answers with the gates where others may go on, if it was the first. */
  done(task: Task): readonly Gate[] {
    if (this.#vain.size > 0) this.#vain.delete(task);
    return this.#first?.task === task ? this.#leave() : [];
  }

  /** A place the first needs cannot be had for a long time: nobody is kept back for its sake. */
  hopeless(gate: Gate): readonly Gate[] {
    return this.#first?.gates.includes(gate) === true ? this.#leave() : [];
  }

  #leave(): readonly Gate[] {
    const gates = this.#first?.gates ?? [];
    if (this.#first !== undefined) this.#vain.delete(this.#first.task);
    this.#first = undefined;
    return gates;
  }
}
