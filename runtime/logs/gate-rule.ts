import type { LogLevel } from '../../workers/protocol/messages.js';
import type { GateLine, Verdict } from './gate-note.js';
import { LEVEL_RANKS } from './level-ranks.js';
import { NOISE_RULES, type NoiseRule } from './noise-rules.js';
import { Tally } from './tally.js';

/** What rules call the supervisor itself. */
const OWN_LOGGER = 'plustwo';
/** How much of a line a pattern sees: one that looks back and forth takes hours over a megabyte. */
const PATTERN_REACH = 2000;
const PATTERNS_BY_KIND: ReadonlySet<RegExp> = new Set(NOISE_RULES.map(({ pattern }) => pattern));

/** A rule at work: its pattern without state between lines, and what it has counted in this window. */
export class GateRule<Line extends GateLine> {
  readonly name: string;
  /** Its place among the rules. */
  readonly place: number;
  /** Whether lines of one kind match all or none. Known of our own patterns only: others may look at what a mask hides. */
  readonly isByKind: boolean;
  readonly kept: Verdict;
  readonly tally = new Tally<Line>();
  readonly #pattern: RegExp;
  readonly #rank: number;
  readonly #logger: string | undefined;

  constructor({ name, pattern, level = 'info', logger }: NoiseRule, place: number) {
    this.name = name;
    this.place = place;
    this.isByKind = PATTERNS_BY_KIND.has(pattern);
    this.kept = { keep: true, rule: name, alarm: false };
    // Their state would make every second match fail.
    this.#pattern = new RegExp(pattern.source, pattern.flags.replace(/[gy]/g, ''));
    this.#rank = LEVEL_RANKS[level];
    this.#logger = logger;
  }

  holdsFor(level: LogLevel, taskName: string | undefined): boolean {
    const logger = taskName ?? OWN_LOGGER;
    return LEVEL_RANKS[level] <= this.#rank && (this.#logger === undefined || this.#logger === logger);
  }

  matches(text: string): boolean {
    return this.#pattern.test(text.length > PATTERN_REACH ? text.slice(0, PATTERN_REACH) : text);
  }
}
