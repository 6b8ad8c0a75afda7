import { Blame } from '../../runtime/blame.js';
import { RetryBudget } from '../../runtime/dependencies/retry-budget.js';
import { Task } from '../../runtime/task.js';
import { Slot } from '../../runtime/threads/slot.js';
import { every, nothing, type PlantedBug } from './planted-bug.js';

/** Has all of a kind answer otherwise, until the returned function is called. */
function withGetter(prototype: object, name: string, get: () => unknown): () => void {
  const original = Object.getOwnPropertyDescriptor(prototype, name);
  if (original === undefined) throw new Error(`there is no ${name} to be replaced`);
  Object.defineProperty(prototype, name, { ...original, get });
  return () => {
    Object.defineProperty(prototype, name, original);
  };
}

/** The same for methods. */
function withMethod<Kind extends object, Name extends keyof Kind>(
  prototype: Kind,
  name: Name,
  make: (original: Kind[Name]) => Kind[Name],
): () => void {
  const original = prototype[name];
  prototype[name] = make(original);
  return () => {
    prototype[name] = original;
  };
}

/** Innocents charged, culprits let go, company for suspects, retries nobody pays for. */
export const BLAME_BUGS: readonly PlantedBug[] = [
  {
    name: 'suspects are put beside others',
    within: 1_000,
    caughtAs: /poison: task \d+ has to be alone and starts beside \d+ others/,
    plant: nothing,
    plantInThreads: () => withGetter(Task.prototype, 'mustBeAlone', () => false),
  },
  {
    name: 'others are put beside a suspect',
    within: 2_000,
    caughtAs: /poison: task \d+ (starts beside task \d+|has to be alone)/,
    plant: nothing,
    plantInThreads: () => withGetter(Slot.prototype, 'kept', () => false),
  },
  {
    name: 'everybody who was there when a thread died is charged with an attempt',
    within: 1_000,
    caughtAs: /poison: task \d+ (is charged with an attempt|is innocent)/,
    plant: ({ settle }) => {
      settle.hasAnother = () => false;
    },
  },
  {
    name: 'a second death is not the last',
    within: 1_000,
    caughtAs: /poison: task \d+ (starts after two deaths|is charged with \d+ deaths, \d+ are its own)/,
    plant: ({ settle }) => {
      const killed = settle.killed.bind(settle);
      settle.killed = (task, errorFor) => {
        const blame = task.needBlame();
        const before = blame.deaths;
        blame.deaths = 0;
        killed(task, errorFor);
        blame.deaths += before;
      };
    },
  },
  {
    name: 'a death of several is charged to each of them',
    within: 5_000,
    caughtAs: /poison: task \d+ is charged with \d+ deaths, \d+ are its own|P4: task \d+ counts \d+ attempts/,
    plant: nothing,
    plantInThreads: () =>
      withMethod(Blame.prototype, 'suspect', (original) => {
        return function (this: Blame) {
          original.call(this, { charged: false });
        };
      }),
  },
  {
    name: 'a death of several is charged to nobody',
    within: 1_000,
    caughtAs: /poison: task \d+ is charged with \d+ deaths, \d+ are its own|P4: task \d+ counts \d+ attempts/,
    plant: nothing,
    plantInThreads: () =>
      withMethod(Blame.prototype, 'suspect', (original) => {
        return function (this: Blame) {
          original.call(this, { charged: true });
        };
      }),
  },
  {
    name: 'one retry in so many is not paid for',
    within: 4_000,
    caughtAs: /P8: \d+ retries of \d+ calls/,
    plant: nothing,
    plantInThreads: () =>
      withMethod(RetryBudget.prototype, 'take', (original) => {
        const now = every(3);
        return function (this: RetryBudget, at) {
          return now() || original.call(this, at);
        };
      }),
  },
  {
    name: 'retries pay in as well',
    within: 3_000,
    caughtAs: /P8: \d+ retries of \d+ calls/,
    plant: nothing,
    plantInThreads: () =>
      withMethod(RetryBudget.prototype, 'take', (original) => {
        return function (this: RetryBudget, at) {
          const taken = original.call(this, at);
          if (taken) this.called(1, at);
          return taken;
        };
      }),
  },
];
