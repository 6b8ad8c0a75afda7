import type { Slot } from '../../runtime/threads/slot.js';
import type { OutcomeReader } from '../../runtime/threads/thread.js';
import type { FakeThread } from './fake-thread.js';
import { every, nothing, type PlantedBug, replaced } from './planted-bug.js';

/** Threads that misbehave, are not woken, not counted or not ended, and slots that forget. */
export const THREAD_BUGS: readonly PlantedBug[] = [
  {
    name: 'a thread delivers an outcome twice',
    within: 200,
    caughtAs: /free entries of slot \d+/,
    plant: nothing,
    plantInThreads: () => {
      const now = every(50);
      return replaced(
        'drain',
        (drain) =>
          function (this: FakeThread, reader: OutcomeReader) {
            drain.call(this, {
              ok: (entry, value) => {
                reader.ok(entry, value);
                if (now()) reader.ok(entry, value);
              },
              failed: (entry, failure) => {
                reader.failed(entry, failure);
              },
              skipped: (entry, why) => {
                reader.skipped(entry, why);
              },
            });
          },
      );
    },
  },
  {
    name: 'a revoked attempt runs all the same',
    within: 300,
    caughtAs:
      /P1: (task \d+ started after|attempt \d+ of task \d+ started 2 times)|task \d+ counts 0 attempts, 1 had started/,
    plant: ({ slots }) => {
      for (const slot of slots) {
        const revoke = slot.revoke.bind(slot);
        slot.revoke = (task) => {
          const { thread } = slot;
          const { entry } = task;
          const before = (thread as FakeThread | undefined)?.memory.claims[entry];
          const isBack = revoke(task);
          if (isBack && before !== undefined) (thread as FakeThread).memory.claims[entry] = before;
          return isBack;
        };
      }
    },
  },
  {
    name: 'a slot forgets that it has revoked an attempt',
    within: 300,
    caughtAs: /started|attempts of slot|P1|P4|in no slot/,
    plant: ({ slots }) => {
      for (const slot of slots) {
        const revoke = slot.revoke.bind(slot);
        slot.revoke = (task) => {
          revoke(task);
          return false;
        };
      }
    },
  },
  {
    name: 'a dispatch is planned and never run',
    within: 1_000,
    caughtAs: /lost wake-up/,
    plant: ({ dispatch }) => {
      const plan = dispatch.plan.bind(dispatch);
      const now = every(5);
      dispatch.plan = () => {
        if (!now()) plan();
      };
    },
  },
  {
    name: 'a thread is not woken',
    within: 1_000,
    caughtAs: /lost wake-up|is at rest with/,
    plant: nothing,
    plantInThreads: () => {
      const now = every(30);
      return replaced(
        'wake',
        (wake) =>
          function (this: FakeThread) {
            if (!now()) wake.call(this);
          },
      );
    },
  },
  {
    name: 'nobody is let in when there is room again',
    within: 1_000,
    caughtAs: /lost wake-up: at rest with \d+ tasks before the gate/,
    plant: ({ admission }) => {
      admission.roomMade = () => undefined;
    },
  },
  {
    name: 'every death is forgiven',
    within: 1_000,
    caughtAs: /P5: the supervisor should have given up/,
    plant: ({ threads, slots }) => {
      const forgive = (slot: Slot): void => {
        (Object.getPrototypeOf(threads) as typeof threads).worked.call(threads, slot);
      };
      const { deaths } = threads;
      const push = deaths.push.bind(deaths);
      deaths.push = (...records) => {
        slots.forEach(forgive);
        return push(...records);
      };
    },
  },
  {
    name: 'a thread is started after the supervisor has given up',
    within: 1_000,
    caughtAs: /P5: thread \d+\/\d+ was started after/,
    plant: (core) => {
      const all = core.stop.all.bind(core.stop);
      core.stop.all = (...how) => {
        all(...how);
        if (core.broken !== undefined) core.threads.startAll();
      };
    },
  },
  {
    name: 'a thread is left behind by close',
    within: 200,
    caughtAs: /P3: thread \d+\/\d+ was left behind by close|slot \d+ is \w+ after close/,
    plant: ({ threads, slots }) => {
      const close = threads.close.bind(threads);
      threads.close = () => {
        const [first] = slots;
        if (first?.state === 'up') first.thread = undefined;
        return close();
      };
    },
  },
];
