import type { Death } from '../../runtime/threads/thread.js';
import type { CallResult } from '../../workers/protocol/dependencies.js';
import type { Culprit, Failure, FromThread, Unsound } from '../../workers/protocol/messages.js';
import type { Kind } from '../../workers/protocol/outcome.js';
import { Claim } from '../../workers/protocol/recorder.js';
import { type Behaviour, drawBehaviour, type Faults } from './behaviour.js';
import { type FakeAttempt, failure, okOf, text } from './fake-attempt.js';
import type { FakeCalls } from './fake-calls.js';
import type { FakeEventLoop } from './fake-event-loop.js';
import type { Ended, FakeMemory } from './fake-memory.js';
import { FakeTeller } from './fake-teller.js';
import type { Chance } from './seeded.js';
import type { ThreadWitness } from './thread-witness.js';
import type { VirtualClock } from './virtual-clock.js';

/** What the inside of a thread tells the outside. */
export interface RunnerListener {
  /** Rings the bell. */
  ring(): void;
  /** Answers the wake-ups so far. */
  answer(): void;
  say(message: Exclude<FromThread, { type: 'ring' | 'lines' }>): void;
  died(death: Death): void;
}

interface Address {
  readonly kind: Kind;
  readonly label: string;
  readonly uses: readonly number[];
  slow: boolean;
}

const TURN_MS = 5;
const RING_MS = 1;
const MEASURED_MS = 1;

/**
 * The inside of a fake thread, by the same rules as the real one (workers/runner.ts): io attempts at once, cpu attempts one after another,
 * outcomes told in groups, asleep only when the inbox is empty.
 */
export class FakeRunner {
  readonly #clock: VirtualClock;
  readonly #chance: Chance;
  readonly #faults: Faults;
  readonly #mostHeld: number;
  readonly #loop: FakeEventLoop;
  readonly #memory: FakeMemory;
  readonly #teller: FakeTeller;
  readonly #witness: ThreadWitness;
  readonly #calls: FakeCalls;
  readonly #listener: RunnerListener;
  readonly #handlers = new Map<number, Address>();
  readonly #queue: FakeAttempt[] = [];
  readonly #active = new Map<number, FakeAttempt>();
  #drive: 'idle' | 'looping' | 'awaiting' | 'yielding' | 'closed' = 'idle';
  #taken = 0;
  #turnStart = 0;
  /** Descriptors that ended attempts hold, and bytes they left behind. */
  held = 0;
  retained = 0;

  constructor(parts: {
    clock: VirtualClock;
    chance: Chance;
    faults: Faults;
    mostHeld: number;
    loop: FakeEventLoop;
    memory: FakeMemory;
    witness: ThreadWitness;
    calls: FakeCalls;
    listener: RunnerListener;
  }) {
    this.#clock = parts.clock;
    this.#chance = parts.chance;
    this.#faults = parts.faults;
    this.#mostHeld = parts.mostHeld;
    this.#loop = parts.loop;
    this.#memory = parts.memory;
    this.#witness = parts.witness;
    this.#calls = parts.calls;
    this.#listener = parts.listener;
    const isIdle = (): boolean => this.#active.size === 0 && this.#queue.length === 0;
    this.#teller = new FakeTeller({ ...parts, isIdle });
  }

  /** Attempts running now. */
  get running(): number {
    return this.#active.size;
  }

  /** Attempts running now. */
  attempts(): Iterable<FakeAttempt> {
    return this.#active.values();
  }

  /** Whether it starts nothing any more. */
  get isClosed(): boolean {
    return this.#drive === 'closed';
  }

  /** A wake-up has arrived. */
  wake(): void {
    this.#turnStart = this.#clock.now();
    this.#teller.woken();
    if (this.#drive === 'idle') this.#drive = 'looping';
    this.#work();
  }

  /** Aborts an attempt's signal; false when it is not running. */
  cancel(entry: number, id: number): boolean {
    const run = this.#active.get(entry);
    if (run?.id !== id) return false;
    const { heedsMs } = run.behaviour ?? {};
    if (heedsMs !== undefined) {
      this.#after(heedsMs, run, () => {
        const how = this.#chance.happens(0.3) ? okOf(run) : failure({ status: 'failed', error: text('aborted') });
        this.#ended(run, how, 'neither');
      });
    }
    return true;
  }

  /** Starts nothing any more. */
  close(): void {
    this.#drive = 'closed';
  }

  /** Goes on with whatever there is to do until the event loop is kept busy or there is nothing. */
  #work(): void {
    const memory = this.#memory;
    while (!this.#loop.isBusy()) {
      if (this.#taken < memory.inbox.length) {
        this.#admit(memory.inbox[this.#taken++] ?? -1);
        continue;
      }
      const next = this.#drive === 'looping' ? this.#queue.shift() : undefined;
      if (next !== undefined) {
        this.#runCpu(next);
        continue;
      }
      if (this.#drive === 'yielding') return;
      memory.awake = false;
      if (this.#drive === 'looping') this.#drive = 'idle';
      this.#teller.answerIfIdle();
      return;
    }
  }

  #admit(entry: number): void {
    const posting = this.#memory.postings[entry];
    if (posting === undefined) throw new Error(`entry ${entry} is in the inbox and holds nothing`);
    const { introduce, attempt = 1 } = posting.note ?? {};
    if (introduce !== undefined)
      this.#handlers.set(posting.task, {
        kind: introduce.kind,
        label: introduce.label,
        uses: introduce.uses ?? [],
        slow: true,
      });
    const handler = this.#handlers.get(posting.task);
    if (handler === undefined) {
      this.#witness.violated(`task type ${posting.task} was posted to a thread before it was introduced there`);
      return;
    }
    const { kind, label } = handler;
    const run: FakeAttempt = {
      entry,
      id: posting.id,
      attempt,
      task: posting.task,
      kind,
      label,
      state: 'waiting',
      behaviour: undefined,
      call: undefined,
    };
    if (kind === 'cpu') this.#queue.push(run);
    else this.#start(run, () => undefined);
  }

  #runCpu(run: FakeAttempt): void {
    if (this.#handlers.get(run.task)?.slow === true && this.#teller.unrung > 0) this.#teller.ring();
    this.#start(run, () => {
      if (this.#queue.length === 0) return;
      const now = this.#clock.now();
      if (now - this.#teller.rungAt >= RING_MS) this.#teller.ring();
      if (now - this.#turnStart < TURN_MS) return;
      this.#drive = 'yielding';
      this.#loop.later(0, () => {
        this.#loop.turn(this.#resume);
      });
    });
    if (run.state === 'running' && run.behaviour?.blocking === false) this.#drive = 'awaiting';
  }

  readonly #resume = (): void => {
    if (this.#drive === 'closed') return;
    this.#drive = 'looping';
    this.#turnStart = this.#clock.now();
    this.#work();
  };

  /** Starts an attempt unless it was revoked. `returned` is called when a blocking one has ended. */
  #start(run: FakeAttempt, returned: () => void): void {
    const memory = this.#memory;
    const { entry } = run;
    if (this.#drive === 'closed' || memory.claims[entry] !== Claim.waiting || this.declines(run)) {
      if (memory.claims[entry] === Claim.waiting) this.#witness.declined(run.id);
      memory.finish(entry, 'skipped', this.#clock.now());
      this.#teller.unrung++;
      this.#planRing();
      return;
    }
    if (this.#isLate(run)) {
      this.#witness.late(run.id);
      memory.finish(entry, 'late', this.#clock.now());
      this.#teller.unrung++;
      this.#planRing();
      return;
    }
    memory.claims[entry] = Claim.started;
    memory.startedAt[entry] = this.#clock.now();
    memory.started = (memory.started + 1) | 0;
    const typicalMs = this.#witness.started(run.id, run.attempt);
    const behaviour = drawBehaviour(this.#chance, this.#faults, run.kind, typicalMs);
    run.behaviour = behaviour;
    run.state = 'running';
    this.#active.set(entry, run);
    if (this.#isTurnedBack(run)) return;
    if (!behaviour.blocking)
      this.#after(behaviour.ms, run, () => {
        this.#comeToEnd(run, behaviour);
      });
    else {
      this.#loop.block(behaviour.ms, () => {
        this.#comeToEnd(run, behaviour);
        if (this.#loop.stopped) return;
        returned();
        this.#work();
      });
    }
  }

  /** Whether ended attempts hold so much that this one is one too many, see workers/runner.ts. */
  declines({ entry, kind }: FakeAttempt): boolean {
    if (this.held === 0 || this.#memory.postings[entry]?.transfer !== undefined) return false;
    const room = this.#mostHeld - this.held;
    return this.running >= (kind === 'io' && this.running > 0 ? room - 1 : room);
  }

  #isLate({ entry }: FakeAttempt): boolean {
    return this.#clock.now() >= (this.#memory.postings[entry]?.deadlineAt ?? Number.POSITIVE_INFINITY);
  }

  /** Has an attempt call what it calls; true if that is down, and the attempt fails with what it is told. */
  #isTurnedBack(run: FakeAttempt): boolean {
    const dependency = this.#witness.calls();
    // A handler that uses it as a whole has been admitted already.
    if (dependency === undefined || this.#handlers.get(run.task)?.uses.includes(dependency) === true) return false;
    const call = this.#calls.begin(dependency);
    if (call !== 'open') {
      run.call = call;
      if (call !== undefined) this.#witness.called(dependency);
      return false;
    }
    const retryAfterMs = this.#calls.retryAfterMs(dependency);
    this.#ended(run, failure({ status: 'circuit-open', dependency, retryAfterMs, error: text('open') }), 'neither');
    return true;
  }

  /** Something of a running attempt happens, when the event loop lets it. */
  #after(ms: number, run: FakeAttempt, act: () => void): void {
    this.#loop.later(ms, () => {
      this.#loop.turn(() => {
        if (run.state === 'running') act();
      });
    });
  }

  #comeToEnd(run: FakeAttempt, behaviour: Behaviour): void {
    const { ending, lateErrorMs } = behaviour;
    if (lateErrorMs !== undefined) {
      this.#loop.later(lateErrorMs, () => {
        this.#loop.turn(() => {
          this.#accident(run, { kind: 'uncaught', error: text('late') });
        });
      });
    }
    switch (ending) {
      case 'ok':
        this.#ended(run, okOf(run));
        return;
      case 'failed':
        this.#ended(run, failure({ status: 'failed', error: text('failed') }));
        return;
      case 'uncloneable':
        this.#ended(run, failure({ status: 'uncloneable', path: '.a', what: 'a function' }));
        return;
      case 'not-loaded':
        this.#ended(run, failure({ status: 'not-loaded', error: text('not loaded') }));
        return;
      case 'uncaught':
        this.#accident(run, { kind: 'uncaught', error: text('uncaught') });
        return;
      case 'exits':
        if (this.running > 1) this.#accident(run, { kind: 'exit', exitCode: 3 });
        else this.#die({ kind: 'exit', exitCode: 3 });
        return;
      case 'dies':
        this.#die(
          this.#chance.happens(0.5)
            ? { kind: 'memory', exitCode: 1, error: 'heap' }
            : { kind: 'error', exitCode: 1, error: 'native' },
        );
    }
  }

  #accident(run: FakeAttempt, cause: Unsound): void {
    const culprit: Culprit = { id: run.id, task: run.label, running: run.state === 'running' };
    const own: Failure =
      cause.kind === 'exit'
        ? { status: 'exited', exitCode: cause.exitCode }
        : { status: 'uncaught', error: cause.error };
    // The promise of such an attempt may stay open for ever; the runner goes on all the same.
    if (run.state === 'running') this.#ended(run, failure(own));
    this.#witness.accident();
    this.#listener.say({ type: 'unsound', cause, culprit: this.#chance.happens(0.8) ? culprit : undefined });
  }

  #die(death: Death): void {
    this.#loop.stopped = true;
    this.#witness.accident();
    this.#listener.died(death);
  }

  #ended(run: FakeAttempt, written: Ended, called: CallResult = written.ok ? 'ok' : 'failed'): void {
    const memory = this.#memory;
    if (run.call !== undefined) this.#calls.end(run.call, called);
    const { entry } = run;
    run.state = 'ended';
    this.#active.delete(entry);
    const handler = this.#handlers.get(run.task);
    if (handler !== undefined) handler.slow = this.#clock.now() - (memory.startedAt[entry] ?? 0) >= MEASURED_MS;
    this.#witness.ended(run.id, run.attempt, written);
    if (this.#chance.happens(this.#faults.leak)) this.held += this.#faults.greed;
    if (this.#chance.happens(this.#faults.grow)) this.retained += this.#chance.between(0, 100);
    memory.finish(entry, written, this.#clock.now());
    this.#teller.unrung++;
    this.#planRing();
    if (run.kind === 'cpu' && this.#drive === 'awaiting' && run.behaviour?.blocking === false)
      this.#loop.later(0, () => {
        this.#loop.turn(this.#resume);
      });
  }

  /** Within a run of cpu attempts the run itself sees to the telling. */
  #planRing(): void {
    if (this.#drive !== 'looping') this.#teller.planRing();
  }
}
