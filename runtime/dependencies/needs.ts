import type { Kind } from '../../workers/protocol/outcome.js';
import type { TaskType } from '../task.js';
import { type DependencyGate, type Gate, LimitGate } from './gate.js';
import { type Line, linesFor } from './line.js';

/** What attempts need beside a thread. Task types that need the same share it. */
export interface Needs {
  readonly limit: LimitGate | undefined;
  readonly uses: readonly DependencyGate[];
  /** All of these. */
  readonly gates: readonly Gate[];
  /** Where tasks wait that need this and were refused. */
  readonly lines: Readonly<Record<Kind, Line>>;
}

/** What attempts of each task type need. */
export class NeedsOfTypes {
  readonly #places: readonly DependencyGate[];
  readonly #byType = new Map<TaskType, Needs>();
  /** Of types without a limit, by the names of what they use. */
  readonly #shared = new Map<string, Needs>();
  readonly #nothing = needing(undefined, []);

  /** `places`: the dependencies there are. */
  constructor(places: readonly DependencyGate[]) {
    this.#places = places;
  }

  of(type: TaskType): Needs {
    if (!type.gated) return this.#nothing;
    let needs = this.#byType.get(type);
    if (needs === undefined) {
      needs = this.#find(type);
      this.#byType.set(type, needs);
    }
    return needs;
  }

  #find({ plan }: TaskType): Needs {
    const uses = this.#places.filter(({ name }) => plan.uses.includes(name));
    if (plan.limit < Number.POSITIVE_INFINITY) return needing(new LimitGate(plan.limit), uses);
    const key = uses.map(({ index }) => index).join();
    const needs = this.#shared.get(key) ?? needing(undefined, uses);
    this.#shared.set(key, needs);
    return needs;
  }
}

function needing(limit: LimitGate | undefined, uses: readonly DependencyGate[]): Needs {
  const gates = limit === undefined ? uses : [limit, ...uses];
  return { limit, uses, gates, lines: linesFor(gates) };
}
