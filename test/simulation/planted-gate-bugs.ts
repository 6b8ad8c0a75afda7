import { DependencyGate, LimitGate } from '../../runtime/dependencies/gate.js';
import { Grants } from '../../runtime/dependencies/grants.js';
import { Parking } from '../../runtime/dependencies/parking.js';
import { CircuitOpenError } from '../../runtime/errors.js';
import { Circuit } from '../../workers/protocol/circuit.js';
import { every, nothing, type PlantedBug } from './planted-bug.js';

/** Puts something else in the place of a method, until the returned function is called. */
function swapped<Owner extends object, Name extends keyof Owner>(
  prototype: Owner,
  name: Name,
  make: (original: Owner[Name]) => Owner[Name],
): () => void {
  const original = prototype[name];
  prototype[name] = make(original);
  return () => {
    prototype[name] = original;
  };
}

/** Limits, permits and circuits taken, kept or given back wrongly; parked tasks forgotten. */
export const GATE_BUGS: readonly PlantedBug[] = [
  {
    name: 'one attempt more than the limit allows is let in',
    within: 500,
    caughtAs: /limit: \d+ attempts of \w+ run, \d+ may/,
    plant: nothing,
    plantInThreads: () =>
      swapped(
        LimitGate.prototype,
        'hasRoom',
        () =>
          function (this: LimitGate) {
            return this.running <= this.limit;
          },
      ),
  },
  {
    name: 'an attempt that was given up gives its places back at once',
    within: 3_000,
    caughtAs: /limit: \d+ attempts|permits: \d+ attempts/,
    plant: ({ gates }) => {
      gates.giveUp = (task, how) => {
        gates.leave(task, how);
      };
    },
  },
  {
    name: 'an attempt that is taken back keeps what it held',
    within: 1_000,
    caughtAs: /lost wake-up: at rest|at rest \d+ (attempts|permits)|limit: |was about to|is dispatched and in no slot/,
    plant: ({ gates }) => {
      const leave = gates.leave.bind(gates);
      gates.leave = (task, how) => {
        if (how !== 'neither') leave(task, how);
      };
    },
  },
  {
    name: 'an attempt that ended badly keeps its permits now and then',
    within: 1_000,
    caughtAs: /lost wake-up: at rest|at rest \d+ permits/,
    plant: nothing,
    plantInThreads: () => {
      const now = every(5);
      return swapped(
        Grants.prototype,
        'giveBack',
        (giveBack) =>
          function (this: Grants, grant) {
            giveBack.call(this, now() ? { ...grant, permits: [] } : grant);
          },
      );
    },
  },
  {
    name: 'an attempt counts as a call of what it uses before it is known to have started',
    within: 500,
    caughtAs: /calls: \d+ of \w+ were counted, \d+ were made/,
    plant: ({ gates }) => {
      const enter = gates.enter.bind(gates);
      gates.enter = (task, slot, now) => {
        const entered = enter(task, slot, now);
        if (entered) gates.started(task);
        return entered;
      };
    },
  },
  {
    name: 'nobody is called when a thread gives a permit back',
    within: 10_000,
    caughtAs: /lost wake-up: at rest/,
    plant: ({ gates }) => {
      gates.released = () => undefined;
    },
  },
  {
    name: 'it is not heard that a circuit has changed',
    within: 2_000,
    caughtAs: /lost wake-up: at rest/,
    plant: ({ gates }) => {
      gates.changed = () => undefined;
    },
  },
  {
    name: 'moves of a circuit are told as they are heard',
    within: 3_000,
    caughtAs: /circuit: \w+ was [\w, -]+, and was told to be/,
    plant: ({ dependencies }) => {
      const told = dependencies.told.bind(dependencies);
      const heard: number[] = [];
      dependencies.told = (change) => {
        const moves = (heard[change.dependency] ?? 0) + 1;
        heard[change.dependency] = moves;
        told({ ...change, moves });
      };
    },
  },
  {
    name: 'what a dead thread held is not given back',
    within: 2_000,
    caughtAs: /lost wake-up: at rest|at rest \d+ (attempts|permits)/,
    plant: ({ gates, dependencies: { table } }) => {
      gates.retire = () => undefined;
      table.retire = () => undefined;
    },
  },
  {
    name: 'a called task that is stopped has nobody called in its place',
    within: 10_000,
    caughtAs: /lost wake-up: at rest/,
    plant: ({ gates }) => {
      const remove = gates.remove.bind(gates);
      gates.remove = (task) => {
        if (task.state === 'parked') remove(task);
      };
    },
  },
  {
    name: 'whoever has got in has nobody called after him',
    within: 10_000,
    caughtAs: /lost wake-up: at rest/,
    plant: ({ gates }) => {
      // Called by what is given back only, one for one.
      const enter = gates.enter.bind(gates);
      gates.enter = (task, slot, now) => {
        const { call } = Parking.prototype;
        Parking.prototype.call = () => undefined;
        try {
          return enter(task, slot, now);
        } finally {
          Parking.prototype.call = call;
        }
      };
    },
  },
  {
    name: 'parked tasks come back latest first',
    within: 1_000,
    caughtAs: /order: task \d+ has entered before task \d+/,
    plant: ({ lanes }) => {
      const rejoin = lanes.rejoin.bind(lanes);
      lanes.rejoin = (task, now) => {
        task.queuedAt = now;
        rejoin(task, now);
      };
    },
  },
  {
    name: 'circuits are not asked before an attempt goes',
    within: 1_000,
    caughtAs: /circuit: a call of dependency \d+ goes while it is (open|half-open)/,
    plant: nothing,
    plantInThreads: () => {
      const restore = [
        swapped(DependencyGate.prototype, 'shutMs', () => () => 0),
        swapped(
          Circuit.prototype,
          'admit',
          (admit) =>
            function (this: Circuit, holder, now) {
              const verdict = admit.call(this, holder, now);
              return verdict === 'open' ? 'go' : verdict;
            },
        ),
      ];
      return () => {
        for (const one of restore) one();
      };
    },
  },
  {
    name: 'a task that ran into an open circuit is turned away though it wanted to wait',
    within: 2_000,
    caughtAs: /wanted to wait for \w+, and was turned away|counts \d+ attempts/,
    plant: ({ gates, settle }) => {
      gates.park = (task) => {
        settle.bad(task, 'failed', new CircuitOpenError('a', 1));
      };
    },
  },
  {
    name: 'an attempt that ran into an open circuit counts',
    within: 2_000,
    caughtAs: /P4: task \d+ counts \d+ attempts, \d+ had started/,
    plant: ({ gates }) => {
      const park = gates.park.bind(gates);
      gates.park = (task, dependency) => {
        task.attemptsStarted++;
        park(task, dependency);
      };
    },
  },
  {
    name: 'parked tasks are not told to stop',
    within: 1_000,
    caughtAs: /goes on though its signal is aborted|the deadline of task \d+|lost wake-up|closed with/,
    plant: ({ stop }) => {
      const original = stop.stop.bind(stop);
      stop.stop = (task, wish) => {
        if (task.state !== 'parked') original(task, wish);
      };
    },
  },
  {
    name: 'parked tasks do not count as waiting',
    within: 1_000,
    caughtAs: /waiting: \d+ in the core's books|P2: task \d+ was accepted/,
    plant: (core) => {
      const { waiting } = core;
      core.waiting = () => waiting.call(core) - core.gates.size;
    },
  },
];
