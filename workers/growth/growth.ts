import type { GrowthTerms } from '../protocol/ledger.js';
import type { FromThread } from '../protocol/messages.js';
import { Gauge, type RecorderViews } from '../protocol/recorder.js';
import type { Collector } from './collector.js';
import { Findings } from './findings.js';
import { Points } from './points.js';
import { looksRising } from './rise.js';
import { type Figures, Schedule } from './schedule.js';

/** How many attempts of one label have ended in this thread. Whoever ends them counts: after each attempt even a call would cost. */
export interface Tally {
  readonly label: string;
  readonly ended: number;
}

/** What the watch needs of its thread. */
export interface GrowthParts {
  readonly terms: GrowthTerms;
  readonly views: Pick<RecorderViews, 'gauges'>;
  readonly collector: Pick<Collector, 'survivors'>;
  /** In the order in which the labels came up; none ever leaves. */
  tallies(): readonly Tally[];
  say(message: FromThread): void;
  /** Is called right before a collection, which takes milliseconds: tells who waits for an outcome, and brings the gauges up to date. */
  before(): void;
  /** Is called right after one: its time is no attempt's. Brings the gauges up to date. */
  after(): void;
  /** Milliseconds since some moment. */
  now(): number;
}

/** CPU of the thread, NaN where it is not to be had, and the time. */
interface Clocks {
  readonly cpu: number;
  readonly wall: number;
}

/** So much of the time that passes counts as life even when the thread has no CPU: a thread that is mostly idle has time to spare. */
const IDLE_LIFE = 0.05;

/** After a wish could not be afforded it is put again no sooner than this, ms: the question costs a turn of the event loop. */
const PATIENCE_MS = 20;

/**
 * Watches a thread's memory for growth, in two stages: the gauges that the meter publishes anyway say when a look is worth its price,
 * and a garbage collection shows what is really there. It runs on what the runner tells it and has no timer: an idle thread stays idle.
 */
export class Growth {
  readonly #parts: GrowthParts;
  readonly #gauges: Float64Array;
  readonly #schedule: Schedule;
  readonly #findings: Findings;
  readonly #points = new Points();
  readonly #born: Clocks;
  #refusedAt = Number.NEGATIVE_INFINITY;

  constructor(parts: GrowthParts) {
    this.#parts = parts;
    this.#gauges = parts.views.gauges;
    this.#born = this.#clocks(parts.now());
    this.#schedule = new Schedule(this.#figures(), parts.terms.budget);
    this.#findings = new Findings(parts.terms.budget);
  }

  /** Whether it is worth asking at `now` whether memory ought to be looked at. */
  isDue(now: number): boolean {
    return now - this.#refusedAt >= PATIENCE_MS && this.#isWanted;
  }

  get #isWanted(): boolean {
    return this.#schedule.wants(this.#tasks, this.#gauges[Gauge.heapUsed] ?? 0, this.#gauges[Gauge.external] ?? 0);
  }

  /** Nothing runs and nothing waits: the best moment to look. */
  idle(): void {
    if (this.#isWanted) this.#look(true, this.#parts.now());
  }

  /** One task has ended and the next may wait a moment. A thread that is never idle is looked at here. */
  between(now: number): void {
    if (this.isDue(now)) this.#look(false, now);
  }

  #look(idle: boolean, now: number): void {
    // What was verified holds until something has run.
    if (this.#tasks === (this.#points.last?.tasks ?? 0)) return;
    const livedMs = spent(this.#born, this.#clocks(now)) + IDLE_LIFE * (now - this.#born.wall);
    if (!this.#schedule.affords(idle, this.#tasks, this.#figures(), { now, livedMs })) {
      this.#refusedAt = now;
      return;
    }
    this.#take();
  }

  #take(): void {
    this.#parts.before();
    const before = this.#figures();
    const start = this.#clocks(this.#parts.now());
    const points = this.#points;
    const tallies = this.#parts.tallies();
    const after = this.#parts.collector.survivors(points.last?.external ?? before.external);
    this.#parts.after();
    if (after === undefined) return;
    points.add({ tasks: this.#tasks, counts: tallies.map(({ ended }) => ended), ...after });
    const retained = points.retained('heap') + points.retained('external');
    for (const note of this.#findings.look(
      points,
      tallies.map(({ label }) => label),
    ))
      this.#parts.say({ type: 'growth', ...note });
    // Afterwards, so that who ends the thread for it is told first whose fault it is.
    this.#gauges[Gauge.retained] = retained;
    this.#schedule.taken(this.#tasks, before, after, {
      base: after.heap + after.external - retained,
      tookMs: spent(start, this.#clocks(this.#parts.now())),
      suspect: this.#findings.undecided || looksRising(points.list, 'heap') || looksRising(points.list, 'external'),
    });
  }

  #clocks(wall: number): Clocks {
    return { cpu: this.#gauges[Gauge.cpuMs] ?? Number.NaN, wall };
  }

  #figures(): Figures {
    return { heap: this.#gauges[Gauge.heapUsed] ?? 0, external: this.#gauges[Gauge.external] ?? 0 };
  }

  get #tasks(): number {
    return this.#parts.tallies().reduce((sum, { ended }) => sum + ended, 0);
  }
}

/** On a busy machine everything takes many times what it costs; where CPU by thread is not to be had the time has to do. */
function spent(start: Clocks, end: Clocks): number {
  const cpu = end.cpu - start.cpu;
  return Number.isNaN(cpu) ? end.wall - start.wall : cpu;
}
