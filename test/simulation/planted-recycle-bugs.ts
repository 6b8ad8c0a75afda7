import { Ends } from '../../runtime/threads/ends.js';
import { FakeRunner } from './fake-runner.js';
import { every, nothing, type PlantedBug } from './planted-bug.js';

/** Threads that are replaced too many at a time, too early, or for nothing, and what they handed back. */
export const RECYCLE_BUGS: readonly PlantedBug[] = [
  {
    name: 'a task that its thread declined gets lost',
    within: 3_000,
    caughtAs: /is dispatched and in no slot/,
    plant: ({ slots }) => {
      for (const slot of slots) {
        const decline = slot.decline.bind(slot);
        slot.decline = (entry) => {
          decline(entry);
          return undefined;
        };
      }
    },
  },
  {
    name: 'a task that its thread declined counts as started',
    within: 3_000,
    caughtAs: /P4: task \d+ counts \d+ attempts, \d+ had started/,
    plant: ({ threads }) => {
      const declined = threads.declined.bind(threads);
      threads.declined = (slot, task) => {
        task.attemptsStarted++;
        declined(slot, task);
      };
    },
  },
  {
    name: 'a slot does not know any more what its thread declined',
    within: 3_000,
    caughtAs: /unstarted attempts of slot \d+|waiting: \d+ in the core's books/,
    plant: ({ slots }) => {
      for (const slot of slots) slot.decline = (entry) => slot.release(entry);
    },
  },
  {
    name: 'a thread that starts nothing any more is given work',
    within: 3_000,
    caughtAs: /thread \d+\/\d+ has declined task \d+ \d+ times|no rest after/,
    plant: ({ slots }) => {
      for (const slot of slots) Object.defineProperty(slot, 'allowance', { get: () => Number.POSITIVE_INFINITY });
    },
  },
  {
    name: 'a thread starts more than it has room for',
    within: 3_000,
    caughtAs: /descriptors, \d+ are allowed|descriptors are held in all/,
    plant: nothing,
    plantInThreads: () => {
      const { prototype } = FakeRunner;
      const { declines } = prototype;
      prototype.declines = () => false;
      return () => {
        prototype.declines = declines;
      };
    },
  },
  {
    name: 'the next turn comes before the last thread is gone',
    within: 3_000,
    caughtAs: /threads are alive, \d+ may be|are recycled at a time/,
    plant: nothing,
    plantInThreads: () => {
      const leaving = Object.getOwnPropertyDescriptor(Ends.prototype, 'leaving');
      if (leaving === undefined) throw new Error('Ends tells no more how many are leaving');
      Object.defineProperty(Ends.prototype, 'leaving', { ...leaving, get: () => 0 });
      return () => {
        Object.defineProperty(Ends.prototype, 'leaving', leaving);
      };
    },
  },
  {
    name: 'a slot goes over to its successor while attempts run in the old thread, and their outcomes are dropped',
    within: 3_000,
    caughtAs: /is dispatched and in no slot|attempts of slot \d+|P1|P4/,
    plant: ({ threads }) => {
      const relieved = threads.relieved.bind(threads);
      threads.relieved = (slot) => {
        const isEarly = slot.successor?.isUp === true && slot.state === 'retiring';
        if (isEarly) Object.defineProperty(slot, 'outstanding', { get: () => 0, configurable: true });
        relieved(slot);
        if (isEarly) Reflect.deleteProperty(slot, 'outstanding');
      };
    },
  },
  {
    name: 'a successor that is up is kept waiting',
    within: 3_000,
    caughtAs: /the successor in slot \d+ waits for a thread that does nothing/,
    plant: ({ threads }) => {
      const relieved = threads.relieved.bind(threads);
      const now = every(3);
      threads.relieved = (slot) => {
        if (slot.successor === undefined || !now()) relieved(slot);
      };
    },
  },
  {
    name: 'a recycle counts for restart intensity',
    within: 3_000,
    caughtAs: /P5: a death was counted that nobody died/,
    plant: ({ threads }) => {
      const { recycler } = threads;
      const goes = recycler.goes.bind(recycler);
      recycler.goes = (slot) => {
        const { generation } = slot;
        if (recycler.isGoing(slot))
          threads.deaths.push({
            process: false,
            slot: slot.number,
            generation,
            reason: 'recycled',
            task: null,
            taskId: null,
            at: '',
          });
        goes(slot);
      };
    },
  },
  {
    name: 'close forgets the successor',
    within: 3_000,
    caughtAs: /P3: thread \d+\/\d+ was left behind by close/,
    plant: ({ threads, slots }) => {
      const close = threads.close.bind(threads);
      threads.close = () => {
        for (const slot of slots) slot.successor = undefined;
        return close();
      };
    },
  },
  {
    name: 'a full thread is never replaced',
    within: 3_000,
    caughtAs: /is full since/,
    plant: ({ threads: { recycler } }) => {
      recycler.relieve = () => undefined;
      recycler.observe = (slot) => {
        slot.held = slot.thread?.gauges().descriptorsHeld ?? 0;
      };
    },
  },
];
