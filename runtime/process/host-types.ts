import { Estimate } from '../attempts/estimate.js';
import { isGated, type Sink, Task, type TaskPlan, type TaskType } from '../task.js';
import type { HostedTask, HostedType, PlainPlan } from './wire.js';

/** A plan as a task has it, and the same for one whose progress somebody listens to. */
interface Plans {
  readonly silent: TaskPlan;
  readonly heard: TaskPlan;
}

/** The task types a host knows, and tasks made of them. */
export class HostTypes {
  readonly #tracked: boolean;
  readonly #types: { readonly type: TaskType; readonly plans: Plans }[] = [];
  /** The plan that tasks last brought along; most of those in a row bring the same. */
  #last: { readonly plain: PlainPlan; readonly plans: Plans } | undefined;

  /** `tracked`: whether threads keep a ledger. */
  constructor(tracked: boolean) {
    this.#tracked = tracked;
  }

  /** Takes in a type, or its new label. */
  introduce({ number, href, name, label, plan }: HostedType): void {
    const known = this.#types[number];
    if (known !== undefined) {
      known.type.label = label;
      return;
    }
    const plans = plansOf(plan);
    const type: TaskType = {
      number,
      href,
      name,
      label,
      plan: plans.silent,
      estimate: new Estimate(),
      tracked: this.#tracked,
      gated: isGated(plan),
    };
    this.#types[number] = { type, plans };
  }

  /** The type of a number. */
  of(number: number): TaskType | undefined {
    return this.#types[number]?.type;
  }

  /** The task that was sent, at a time by this process's clock. */
  task(sent: HostedTask, sink: Sink, now: number): Task {
    const known = this.#types[sent.type];
    if (known === undefined) throw new Error(`task ${sent.id} was sent before its type ${sent.type} was introduced`);
    const plans = sent.plan === undefined ? known.plans : this.#plansOf(sent.plan);
    const plan = sent.progress ? plans.heard : plans.silent;
    const task = new Task(sent.id, known.type, plan, sent.input, sink, now - sent.waitedMs);
    task.attemptsStarted = sent.attemptsStarted;
    task.attempt = sent.attemptsStarted + 1;
    return task;
  }

  #plansOf(plain: PlainPlan): Plans {
    if (this.#last?.plain !== plain) this.#last = { plain, plans: plansOf(plain) };
    return this.#last.plans;
  }
}

function plansOf(plain: PlainPlan): Plans {
  const silent: TaskPlan = {
    ...plain,
    signal: undefined,
    transfer: undefined,
    onProgress: undefined,
    // The supervisor has admitted them.
    whenFull: 'wait',
  };
  // Who listens is elsewhere; what is told is the event, which names the task.
  return { silent, heard: { ...silent, onProgress: () => undefined } };
}
