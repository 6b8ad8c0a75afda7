import type {
  AttemptFigures,
  Death,
  OutcomeReader,
  Posting,
  Thread,
  ThreadEnd,
  ThreadGauges,
  ThreadListener,
} from '../../runtime/threads/thread.js';
import { type DependencyTable, holderOf } from '../../workers/protocol/dependencies.js';
import type { ModuleDescription } from '../../workers/protocol/messages.js';
import { Claim } from '../../workers/protocol/recorder.js';
import { UNKNOWN_GAUGES } from '../support/unknown-gauges.js';
import type { Faults } from './behaviour.js';
import { FakeCalls } from './fake-calls.js';
import { FakeEnd } from './fake-end.js';
import { FakeEventLoop } from './fake-event-loop.js';
import { FakeMemory } from './fake-memory.js';
import { FakePorts } from './fake-ports.js';
import { FakeRunner, type RunnerListener } from './fake-runner.js';
import type { Chance } from './seeded.js';
import type { ThreadWitness } from './thread-witness.js';
import type { VirtualClock } from './virtual-clock.js';

/** What fake threads are made of. */
export interface FakeParts {
  readonly clock: VirtualClock;
  readonly chance: Chance;
  readonly faults: Faults;
  readonly entries: number;
  /** Messages take up to so long, ms. */
  readonly latency: number;
  /** A thread starts nothing more once ended attempts hold so many descriptors. */
  readonly mostHeld: number;
  /** Of what calls come to. */
  readonly callChance: Chance;
  readonly flaky: number;
  readonly table: DependencyTable;
  /** The exit of a thread was seen. */
  readonly retire: (slot: number, generation: number) => void;
}

/**
 * A thread that is not there. Towards the supervisor it does what the real one with its flight recorder does (runtime/threads/): shared memory
 * is seen at once, messages arrive later and in order, and what had not arrived when the exit is seen never does.
 */
export class FakeThread implements Thread {
  readonly slot: number;
  readonly generation: number;
  readonly entries: number;
  readonly memory: FakeMemory;
  readonly loop: FakeEventLoop;
  readonly runner: FakeRunner;
  readonly #ports: FakePorts;
  readonly #end: FakeEnd;
  readonly #parts: FakeParts;
  readonly #listener: ThreadListener;
  readonly #witness: ThreadWitness;
  /** As its owner in the supervisor's own thread sees it. */
  state: 'made' | 'starting' | 'up' | 'ending' | 'gone' = 'made';

  constructor(parts: FakeParts, slot: number, generation: number, listener: ThreadListener, witness: ThreadWitness) {
    this.#parts = parts;
    this.slot = slot;
    this.generation = generation;
    this.entries = parts.entries;
    this.#listener = listener;
    this.#witness = witness;
    this.memory = new FakeMemory(parts.entries);
    const { clock, chance, faults, mostHeld } = parts;
    this.loop = new FakeEventLoop(clock, chance);
    this.#ports = new FakePorts(clock, chance, parts.latency);
    this.runner = new FakeRunner({
      clock,
      chance,
      faults,
      mostHeld,
      loop: this.loop,
      memory: this.memory,
      witness,
      calls: this.#callsOf(parts),
      listener: this.#runnerListener(),
    });
    const { loop, runner } = this;
    this.#end = new FakeEnd(parts, { loop, runner, ports: this.#ports }, () => {
      listener.outcomes();
    });
    this.#end.gone = () => {
      parts.retire(slot, generation);
    };
  }

  #callsOf({ table, clock, callChance, flaky }: FakeParts): FakeCalls {
    return new FakeCalls({
      table,
      holder: holderOf(this.slot, this.generation),
      clock,
      chance: callChance,
      flaky,
      say: (message) => {
        this.#ports.ring(() => {
          this.#listener.said(message);
        });
      },
    });
  }

  /** Its last event is behind it. */
  get left(): boolean {
    return this.#end.exited;
  }

  /** It is gone, or was given up on: it sits in a native call. */
  get isOver(): boolean {
    return this.left || this.ended !== undefined;
  }

  /** How its end came out, if it was asked for and is over. */
  get ended(): ThreadEnd | undefined {
    return this.#end.outcome;
  }

  start(): void {
    const { clock, chance, faults } = this.#parts;
    this.state = 'starting';
    const fails = chance.happens(faults.boot);
    if (fails && chance.happens(0.2)) {
      this.loop.stopped = true;
      this.#witness.accident();
      this.#leaveSeen({ kind: 'boot', error: 'refused' });
      return;
    }
    const bootMs = chance.happens(faults.boot) ? 3_000 : chance.happens(0.2) ? 60 : 8;
    clock.elsewhere(chance.between(0, bootMs), () => {
      if (this.loop.stopped) return;
      if (fails) {
        this.loop.stopped = true;
        this.#witness.accident();
        this.#leave({ kind: 'boot', error: 'did not come up' });
        return;
      }
      this.#plagues();
      this.#tell(() => {
        if (this.state !== 'starting') return;
        this.state = 'up';
        this.#listener.ready();
      });
    });
  }

  post(entry: number, posting: Posting): void {
    this.#overtake();
    const { memory } = this;
    if (this.state !== 'up')
      this.#witness.violated(
        `task ${posting.id} was posted to thread ${this.slot}/${this.generation}, which is ${this.state}`,
      );
    if (memory.claims[entry] !== Claim.free)
      this.#witness.violated(`entry ${entry} of slot ${this.slot} was posted to while it is taken`);
    if (typeof posting.input === 'function') throw new TypeError('a function could not be cloned');
    memory.post(entry, posting);
    this.#overtake();
  }

  wake(): void {
    this.#overtake();
    if (this.memory.awake) return;
    this.memory.awake = true;
    this.loop.later(this.#ports.delay(), () => {
      this.loop.turn(() => {
        this.runner.wake();
      });
    });
  }

  revoke(entry: number): boolean {
    this.#overtake();
    return this.memory.revoke(entry);
  }

  startedAt(entry: number): number | undefined {
    this.#overtake();
    return this.memory.startOf(entry);
  }

  started(): number {
    this.#overtake();
    return this.memory.started;
  }

  drain(reader: OutcomeReader): void {
    this.#overtake();
    this.memory.drain(reader);
  }

  figures(entry: number): AttemptFigures {
    return this.memory.figures(entry);
  }

  cancel(entry: number, id: number): Promise<boolean> {
    const { clock } = this.#parts;
    clock.promised = true;
    return new Promise((resolve) => {
      this.loop.later(this.#ports.delay(), () => {
        this.loop.turn(() => {
          const running = this.runner.cancel(entry, id);
          this.#tell(() => {
            resolve(running);
            clock.promised = true;
          });
        });
      });
    });
  }

  describe(): Promise<ModuleDescription> {
    return Promise.reject(new Error('Fake threads have no modules to describe'));
  }

  end(quiesceMs: number, exitMs: number): Promise<ThreadEnd> {
    const wasUp = this.state === 'up';
    this.state = 'ending';
    return this.#end.begin(wasUp ? quiesceMs : 0, exitMs);
  }

  /** Nobody asks a thread that is not there what it has open. */
  inspect(): Promise<never> {
    return Promise.reject(new Error('a fake thread has nothing open'));
  }

  gauges(): ThreadGauges {
    const { held, retained } = this.runner;
    return {
      ...UNKNOWN_GAUGES,
      descriptorsOpen: held,
      descriptorsHeld: held,
      descriptorsLeaked: held,
      retainedBytes: retained,
    };
  }

  /** What comes over a thread by itself. */
  #plagues(): void {
    const { chance, faults } = this.#parts;
    const { loop } = this;
    if (chance.happens(faults.sudden)) {
      loop.later(chance.between(0, 150), () => {
        loop.stopped = true;
        this.#witness.accident();
        this.#leave(
          chance.happens(0.5) ? { kind: 'exit', exitCode: 134 } : { kind: 'memory', exitCode: 1, error: 'heap' },
        );
      });
    }
    if (!chance.happens(faults.stray)) return;
    loop.later(chance.between(0, 100), () => {
      loop.turn(() => {
        loop.block(chance.between(1, 120), () => undefined);
      });
    });
  }

  /** The thread is gone; its exit is seen a little later, and what arrives afterwards is lost. */
  #leave(death: Death): void {
    const { chance } = this.#parts;
    const refuse = (): void => {
      this.#tell(() => {
        this.#listener.outcomes();
      });
    };
    if (chance.happens(0.5)) refuse();
    this.#tell(() => {
      this.#leaveSeen(death);
    });
  }

  #leaveSeen(death: Death): void {
    this.#end.seen();
    if (this.state === 'ending') return;
    this.state = 'gone';
    this.#listener.died(death);
    this.#ports.close();
  }

  #runnerListener(): RunnerListener {
    const listener = this.#listener;
    return {
      ring: () => {
        this.#ports.ring(() => {
          listener.outcomes();
        });
      },
      answer: () => {
        this.#tell(() => {
          listener.outcomes();
        });
      },
      say: (message) => {
        this.#ports.ring(() => {
          listener.said(message);
        });
      },
      died: (death) => {
        this.#leave(death);
      },
    };
  }

  /** A message of its own kind, in no order with others. */
  #tell(run: () => void): void {
    this.#ports.deliver(this.#ports.delay(), run);
  }

  #overtake(): void {
    const { chance, faults } = this.#parts;
    if (faults.overtake > 0 && !this.#witness.comparing && chance.happens(faults.overtake)) this.loop.overtake();
  }
}
