import { every, type PlantedBug } from './planted-bug.js';

/** A full queue told wrongly, tasks held back and forgotten, or counted. */
export const OVERLOAD_BUGS: readonly PlantedBug[] = [
  {
    name: 'who is told that the queue is full is never told that it is not',
    within: 200,
    caughtAs: /at rest, and saturated by what was told|saturated was told twice/,
    plant: ({ admission }) => {
      const roomMade = admission.roomMade.bind(admission);
      admission.roomMade = () => {
        if (admission.standing > 0) roomMade();
      };
    },
  },
  {
    name: 'a task that is held back still counts as pending',
    within: 300,
    caughtAs: /pending: \d+ in the core's books/,
    plant: ({ settle }) => {
      const withdraw = settle.withdraw.bind(settle);
      settle.withdraw = (task) => {
        withdraw(task);
        settle.pending++;
      };
    },
  },
  {
    name: 'a task that is held back is forgotten by the gate',
    within: 500,
    caughtAs: /standing: \d+ in the core's books|P1: closed with tasks that never settled/,
    plant: ({ admission }) => {
      const hold = admission.hold.bind(admission);
      const now = every(5);
      admission.hold = (task) => {
        if (!now()) hold(task);
      };
    },
  },
  {
    name: 'what has begun is held back',
    within: 2_000,
    caughtAs: /P1: task \d+ was held back after it had begun|was turned away wrongly/,
    plant: ({ admission, dispatch, settle, lanes, results }) => {
      const run = dispatch.run.bind(dispatch);
      dispatch.run = () => {
        const head = lanes.cpu.peek(0);
        if (results.isFull && admission.isOpen && head?.hasStarted === true && head.sink?.holdsBack?.(head) === true) {
          lanes.cpu.remove(head);
          settle.withdraw(head);
          admission.hold(head);
        }
        run();
      };
    },
  },
  {
    name: 'io attempts that wait for descriptors are not looked at again',
    within: 500,
    caughtAs: /lost wake-up|no rest after/,
    plant: ({ descriptors }) => {
      const holdsBack = descriptors.holdsBack.bind(descriptors);
      let isStuck = false;
      descriptors.holdsBack = (task) => (isStuck ||= holdsBack(task));
    },
  },
];
