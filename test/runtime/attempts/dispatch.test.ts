import assert from 'node:assert/strict';
import test from 'node:test';
import { Dispatch } from '../../../runtime/attempts/dispatch.js';
import { Estimate } from '../../../runtime/attempts/estimate.js';
import { basePlan } from '../../../runtime/call-options.js';
import type { Clock } from '../../../runtime/clock.js';
import { Lanes } from '../../../runtime/lanes/lanes.js';
import { OVERDUE_MS } from '../../../runtime/lanes/queue.js';
import { Task, type TaskPlan, type TaskType } from '../../../runtime/task.js';
import { Slot } from '../../../runtime/threads/slot.js';
import type { Thread } from '../../../runtime/threads/thread.js';

const PLAN: TaskPlan = basePlan({ kind: 'cpu', grace: 1_000 });

/** One slot whose thread takes whatever it is given; `now` is moved by hand. */
function stand(kind: 'cpu' | 'io', ioConcurrency: number) {
  const lanes = new Lanes();
  const slot = new Slot(0);
  const posted: number[] = [];
  const thread = { generation: 1, entries: 1_024, post: () => undefined, wake: () => undefined, started: () => 0 };
  slot.assign(thread as unknown as Thread);
  slot.state = 'up';
  const clock: Clock & { at: number } = {
    at: 0,
    now: () => clock.at,
    timer: () => ({ cancel: () => undefined }),
    soon: (run) => {
      run();
    },
    random: () => 0.5,
  };
  const dispatch = new Dispatch({
    lanes,
    slots: [slot],
    clock,
    ioConcurrency,
    gates: { enter: () => true, leave: () => undefined, sooner: 'io', usesOf: () => [] },
    brake: { holdsBack: () => false, ioWaits: () => false },
    wantsProgress: () => false,
    listener: {
      dispatched: (task) => posted.push(task.id),
      refused: (task) => assert.fail(`task ${task.id} was refused`),
      withdrawn: (task) => assert.fail(`task ${task.id} was withdrawn`),
      short: () => undefined,
    },
  });
  const type: TaskType = {
    number: 0,
    href: 'file:///x.js',
    name: 'x',
    label: 'x',
    plan: { ...PLAN, kind },
    estimate: new Estimate(),
    tracked: false,
    gated: false,
  };
  const sink = { ok: () => undefined, bad: () => undefined };
  const push = (id: number, priority: number): void => {
    lanes.push(new Task(id, type, { ...type.plan, priority }, id, sink, clock.at), clock.at);
  };
  /** Ends what the thread has and gives it what comes next. */
  const turn = (): void => {
    for (const task of slot.tasks()) slot.release(task.entry);
    dispatch.run();
  };
  return { clock, push, turn, posted, size: () => lanes.size };
}

for (const kind of ['cpu', 'io'] as const) {
  test(`${kind}: an overdue task gets every second turn, and no more than that`, () => {
    const { clock, push, turn, posted, size } = stand(kind, 1);
    for (const id of [0, 1, 2]) push(id, 0);
    clock.at = OVERDUE_MS;
    for (const id of [3, 4, 5, 6]) push(id, 1);
    while (size() > 0) turn();
    assert.deepEqual(posted, [0, 3, 1, 4, 2, 5, 6]);
  });

  test(`${kind}: higher priorities go first while nothing is overdue`, () => {
    const { push, turn, posted, size } = stand(kind, 1);
    push(0, 0);
    push(1, 5);
    push(2, 0);
    push(3, 5);
    while (size() > 0) turn();
    assert.deepEqual(posted, [1, 3, 0, 2]);
  });
}
