import assert from 'node:assert/strict';
import { Estimate } from '../../runtime/attempts/estimate.js';
import { basePlan } from '../../runtime/call-options.js';
import { Dependencies } from '../../runtime/dependencies/dependencies.js';
import { Gates } from '../../runtime/dependencies/gates.js';
import { Lanes } from '../../runtime/lanes/lanes.js';
import type { CircuitEvent } from '../../runtime/observe/events.js';
import type { CheckedDependency } from '../../runtime/settings.js';
import { isGated, Task, type TaskPlan, type TaskType } from '../../runtime/task.js';
import { Slot } from '../../runtime/threads/slot.js';
import type { CallResult } from '../../workers/protocol/dependencies.js';
import type { Kind } from '../../workers/protocol/outcome.js';
import { ManualClock } from './stub-thread.js';

const NOBODY = { ok: () => undefined, bad: () => undefined };

/** Lanes and gates without threads: tasks run when they are served, and end when the test says so. */
export class GatesStand {
  readonly clock = new ManualClock();
  readonly lanes = new Lanes();
  readonly slot = new Slot(0);
  readonly circuits: CircuitEvent[] = [];
  /** Tasks that gates have settled, with their errors. */
  readonly refused = new Map<Task, unknown>();
  readonly running: Task[] = [];
  readonly dependencies: Dependencies;
  readonly gates: Gates;
  /** How often tasks tried to enter. */
  tries = 0;
  #types = 0;
  #tasks = 0;

  constructor(dependencies: Readonly<Record<string, CheckedDependency>> = {}) {
    const { clock, lanes } = this;
    this.slot.generation = 1;
    const listener: ConstructorParameters<typeof Dependencies>[0]['listener'] = {
      changed: (change) => {
        this.gates.changed(change);
      },
      released: (dependency) => {
        this.gates.released(dependency);
      },
      retired: (holder) => {
        this.gates.retire(holder);
      },
    };
    const announcer = {
      wants: () => true,
      tell: (event: string, ...args: unknown[]) => {
        assert.equal(event, 'circuit');
        this.circuits.push(args[0] as CircuitEvent);
      },
    };
    this.dependencies = new Dependencies({ dependencies, clock, announcer, listener });
    const settle = {
      bad: (task: Task, _outcome: string, error: unknown): void => {
        task.state = 'settled';
        this.refused.set(task, error);
      },
    };
    const called = (): void => undefined;
    this.gates = new Gates({ lanes, settle, clock, dependencies: this.dependencies, called });
  }

  type(kind: Kind, own: Partial<TaskPlan> = {}): TaskType {
    const plan = { ...basePlan({ kind, grace: 0 }), ...own };
    const name = `type${this.#types}`;
    return {
      number: this.#types++,
      href: 'file:///x.js',
      name,
      label: name,
      plan,
      estimate: new Estimate(),
      tracked: false,
      gated: isGated(plan),
    };
  }

  /** Puts a task into its lane. */
  submit(type: TaskType, own: Partial<TaskPlan> = {}): Task {
    const task = new Task(this.#tasks++, type, { ...type.plan, ...own }, undefined, NOBODY, this.clock.now());
    this.lanes.push(task, this.clock.now());
    return task;
  }

  /** Serves the lanes as dispatch does, with threads enough for all, or for so many; answers with those that run now and did not before. */
  serve({ kinds = ['io', 'cpu'], most = Number.POSITIVE_INFINITY }: { kinds?: Kind[]; most?: number } = {}): Task[] {
    const started: Task[] = [];
    const inOrder = this.gates.sooner === 'cpu' ? [...kinds].sort() : [...kinds].sort().reverse();
    for (const kind of inOrder) {
      const lane = this.lanes.of(kind);
      const now = this.clock.now();
      while (started.length < most) {
        const task = lane.take(now);
        if (task === undefined) break;
        if (task.gated) this.tries++;
        if (task.gated && !this.gates.enter(task, this.slot, now)) continue;
        task.state = 'dispatched';
        started.push(task);
      }
    }
    this.running.push(...started);
    return started;
  }

  /** The attempt of a task ends. */
  end(task: Task | undefined, how: CallResult = 'ok'): void {
    assert.ok(task !== undefined);
    const at = this.running.indexOf(task);
    assert.ok(at >= 0, `task ${task.id} runs`);
    this.running.splice(at, 1);
    task.state = 'settled';
    this.gates.leave(task, how);
  }

  /** So many attempts of a type end badly, one after another. */
  fail(type: TaskType, times: number): void {
    for (let count = 0; count < times; count++) {
      this.submit(type);
      const [task] = this.serve();
      this.end(task, 'failed');
    }
  }

  /** The numbers of tasks. */
  static ids(tasks: readonly Task[]): number[] {
    return tasks.map(({ id }) => id);
  }
}
