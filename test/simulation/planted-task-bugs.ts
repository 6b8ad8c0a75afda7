import { every, type PlantedBug } from './planted-bug.js';

/** Tasks told twice, lost, let in or counted wrongly. */
export const TASK_BUGS: readonly PlantedBug[] = [
  {
    name: 'a caller is told twice',
    within: 200,
    caughtAs: /P1: task \d+ was settled 2 times/,
    plant: ({ settle }) => {
      const ok = settle.ok.bind(settle);
      const now = every(7);
      settle.ok = (task, value) => {
        const { sink } = task;
        ok(task, value);
        if (now()) sink?.ok(task, value);
      };
    },
  },
  {
    name: 'cancelling settles a running task, and so does its outcome',
    within: 300,
    caughtAs: /was about to be settled twice/,
    plant: ({ stop, settle }) => {
      const original = stop.stop.bind(stop);
      stop.stop = (task, cause) => {
        const runs = task.state === 'dispatched';
        original(task, cause);
        if (!runs || task.state !== 'dispatched') return;
        task.attemptsStarted++;
        settle.bad(task, cause.outcome, cause.errorFor(true));
      };
    },
  },
  {
    name: 'a task gets lost on its way into the lane',
    within: 200,
    caughtAs: /pending: \d+ in the core's books/,
    plant: ({ lanes }) => {
      const push = lanes.push.bind(lanes);
      const now = every(20);
      lanes.push = (task, at) => {
        if (!now()) push(task, at);
      };
    },
  },
  {
    name: 'a task gets lost with its thread: it is not put back',
    within: 300,
    caughtAs: /is dispatched and in no slot/,
    plant: ({ lanes }) => {
      lanes.putBack = () => undefined;
    },
  },
  {
    name: 'one task more than the queue holds is accepted',
    within: 200,
    caughtAs: /P2: task \d+ was accepted as number \d+ of \d+ waiting/,
    plant: (core) => {
      const { admission, settle, lanes, dispatch } = core;
      const offer = admission.offer.bind(admission);
      admission.offer = (task) => {
        if (task.plan.whenFull === 'wait' || core.waiting() !== core.maxQueue) {
          offer(task);
          return;
        }
        settle.pending++;
        lanes.push(task, task.submittedAt);
        dispatch.plan();
      };
    },
  },
  {
    name: 'an attempt that had not started counts',
    within: 300,
    caughtAs: /P4: task \d+ counts \d+ attempts, \d+ had started/,
    plant: ({ lanes }) => {
      const putBack = lanes.putBack.bind(lanes);
      lanes.putBack = (task) => {
        task.attemptsStarted++;
        putBack(task);
      };
    },
  },
  {
    name: 'one task too few is pending in the books',
    within: 200,
    caughtAs: /pending: -?\d+ in the core's books/,
    plant: ({ settle }) => {
      const stopped = settle.stopped.bind(settle);
      settle.stopped = (task, cause) => {
        stopped(task, cause);
        settle.pending--;
      };
    },
  },
  {
    name: 'a task gets one attempt more than it asked for',
    within: 1_000,
    caughtAs: /is at attempt \d+ of \d+|P1: task \d+ started \d+ times/,
    plant: ({ settle }) => {
      const failed = settle.attemptFailed.bind(settle);
      settle.attemptFailed = (task, outcome, error) => {
        const { attempt } = task;
        task.attempt = Math.max(1, attempt - 1);
        failed(task, outcome, error);
        if (task.state === 'delayed') task.attempt = attempt + 1;
        else task.attempt = attempt;
      };
    },
  },
  {
    name: 'a deadline is not watched',
    within: 1_000,
    caughtAs: /the deadline of task \d+|lost wake-up|goes on though its signal is aborted/,
    plant: ({ stop }) => {
      const watch = stop.watch.bind(stop);
      stop.watch = (task) => {
        if (task.plan.deadline === undefined) watch(task);
      };
    },
  },
];
