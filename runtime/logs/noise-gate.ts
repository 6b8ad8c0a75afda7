/**
 * Decides which lines become records. What is not kept is counted, and said: kept + counted = lines in, whatever happens.
 *
 *   an error          always kept
 *   an alarm word     always kept, and marked
 *   a rule            the first of each kind per window is kept
 *   anything else     the first few of each kind per window are kept
 *
 * Lines with an alarm word are kept however many there are, whatever rules say.
 *
 * **Windows** are one for the whole gate: one timer is enough for all kinds, and what was counted is said at one moment. A
 * window is opened by the first line that comes while there is none, not at multiples of its length: those would cut a burst
 * in two, keep its first lines twice and say its summaries twice. Only while rules are watched, because one of them has matched
 * of late, does one window follow the other: a window without a line, which is what a silent heartbeat leaves, is one as well.
 *
 * There is neither a clock nor a timer in here. Whoever has them calls `due()` when `nextDue()` says so, and asks that after
 * each batch of lines. Time may go back by up to a window within a window; beyond that the window ends.
 */
import type { LogLevel } from '../../workers/protocol/messages.js';
import { type Alarm, isAlarming } from './alarm-words.js';
import type { GateLine, GateNote, Verdict } from './gate-note.js';
import { GateRule } from './gate-rule.js';
import { type Kind, Kinds } from './kinds.js';
import { NOISE_RULES, type NoiseRule } from './noise-rules.js';
import { RuleWatch } from './rule-watch.js';
import { Tally } from './tally.js';

export interface GateTerms {
  /** Tried in this order; the first one that holds is the line's. */
  readonly rules: readonly NoiseRule[];
  /** Milliseconds. */
  readonly windowMs: number;
  /** How many of a kind are kept per window, at least one: what is new is never silenced. */
  readonly first: Readonly<Record<Exclude<LogLevel, 'error'> | 'rule', number>>;
  /** How many kinds are remembered. For a new one the oldest makes room, and what it has counted is said early. */
  readonly mostKinds: number;
}

export const GATE_TERMS: GateTerms = {
  rules: NOISE_RULES,
  windowMs: 60_000,
  first: { debug: 5, info: 5, warn: 20, rule: 1 },
  mostKinds: 4096,
};

// The same objects for all lines: they come by the hundred thousand a second.
const KEPT: Verdict = Object.freeze({ keep: true, alarm: false });
const KEPT_ALARM: Verdict = Object.freeze({ keep: true, alarm: true });
const COUNTED: Verdict = Object.freeze({ keep: false });

/** The start of a window that has not begun: any time is outside of it. */
const NONE = Infinity;

export class NoiseGate<Line extends GateLine> {
  readonly #terms: GateTerms;
  readonly #hold: (line: Line) => Line;
  readonly #rules: readonly GateRule<Line>[];
  readonly #watch: RuleWatch;
  readonly #kinds: Kinds<Line>;
  #start = NONE;
  #window = 0;
  /** Of this window, of all levels. */
  #lines = 0;
  #now = 0;
  /** Those that have counted lines of this window. */
  readonly #counting = new Set<Kind<Line>>();
  /** Whether there are lines that are counted and not told, of kinds or rules. */
  #isCounting = false;
  #notes: GateNote<Line>[] = [];

  /** `hold` makes of a line one that stays as it is, for those that are handed in again and again with another line in them. */
  constructor(terms: GateTerms, hold: (line: Line) => Line = (line) => line) {
    this.#terms = terms;
    this.#hold = hold;
    this.#rules = terms.rules.map((rule, place) => new GateRule<Line>(rule, place));
    this.#watch = new RuleWatch(terms.rules.map(({ name }) => name));
    this.#kinds = new Kinds<Line>(terms.mostKinds, this.#rules);
  }

  /** Says whether a line is kept. `now` is in milliseconds since the epoch, here and below. */
  judge(line: Line, now: number): Verdict {
    this.#moveTo(now);
    if (this.#start === NONE) this.#start = now;
    this.#lines++;
    if (line.level === 'error') return KEPT;
    const kind = this.#kinds.of(line, this.#evict);
    if (kind.window !== this.#window) {
      kind.window = this.#window;
      kind.kept = 0;
    }
    if (alarms(line, kind.alarm)) return KEPT_ALARM;
    const rule = kind.rules.length === 0 ? undefined : ruleFor(kind, line);
    if (rule !== undefined) this.#watch.count(rule.place, line.taskId, line.isLate === true, now);
    else if (line.ended !== undefined) this.#watch.toldEnd(line.ended.taskId);
    const first = rule === undefined ? this.#terms.first[line.level] : this.#terms.first.rule;
    if (kind.kept < first) {
      kind.kept++;
      return rule === undefined ? KEPT : rule.kept;
    }
    this.#count(line, kind, rule);
    return COUNTED;
  }

  /** An attempt of this task has ended, and the task perhaps with it: nobody misses its lines. */
  ended(taskId: number): void {
    this.#watch.ended(taskId);
  }

  /** Ends the window if it is over, and gives everything that has not been said yet. */
  due(now: number): readonly GateNote<Line>[] {
    this.#moveTo(now);
    return this.#takeNotes();
  }

  /** Gives everything that is counted and has not been said; the window goes on. */
  counted(now: number): readonly GateNote<Line>[] {
    this.#moveTo(now);
    this.#tellCounted();
    return this.#takeNotes();
  }

  /** When `due` has something to say at the earliest; undefined while nothing is counted and no rule is watched. */
  nextDue(): number | undefined {
    if (this.#notes.length > 0) return this.#now;
    if (this.#start === NONE || !(this.#isCounting || this.#watch.isWatching)) return undefined;
    return this.#start + this.#terms.windowMs;
  }

  /** Ends the window where it stands. A line that comes all the same opens a new one. */
  close(now: number): readonly GateNote<Line>[] {
    this.#moveTo(now);
    if (this.#start !== NONE) this.#endWindow(false);
    this.#start = NONE;
    return this.#takeNotes();
  }

  /** Ends the window if this time is outside of it. */
  #moveTo(now: number): void {
    this.#now = now;
    const { windowMs } = this.#terms;
    const passed = Math.floor((now - this.#start) / windowMs);
    if (passed === 0 || passed === -1 || this.#start === NONE) return;
    this.#endWindow(passed === 1);
    this.#start = this.#watch.isWatching ? this.#start + windowMs : NONE;
  }

  /** `wasWatched` says that it was ended in time; what is watched begins anew otherwise. */
  #endWindow(wasWatched: boolean): void {
    this.#tellCounted();
    this.#notes.push(...this.#watch.endWindow(this.#lines, wasWatched));
    this.#lines = 0;
    this.#window++;
  }

  #tellCounted(): void {
    for (const rule of this.#rules) this.#tell(rule.tally, rule.name);
    for (const { tally } of this.#counting) if (tally !== undefined) this.#tell(tally, undefined);
    this.#counting.clear();
    this.#isCounting = false;
  }

  #count(line: Line, kind: Kind<Line>, rule: GateRule<Line> | undefined): void {
    this.#isCounting = true;
    if (rule !== undefined) rule.tally.add(line, kind.mask, this.#hold);
    else if ((kind.tally ??= new Tally<Line>()).add(line, kind.mask, this.#hold) === 1) this.#counting.add(kind);
  }

  readonly #evict = (kind: Kind<Line>): void => {
    this.#counting.delete(kind);
    if (kind.tally !== undefined) this.#tell(kind.tally, undefined);
  };

  #tell(tally: Tally<Line>, rule: string | undefined): void {
    const { windowMs } = this.#terms;
    const elapsed = this.#now - this.#start;
    const note = tally.take(rule, elapsed > 0 ? Math.min(elapsed, windowMs) : windowMs);
    if (note !== undefined) this.#notes.push(note);
  }

  #takeNotes(): readonly GateNote<Line>[] {
    const notes = this.#notes;
    this.#notes = [];
    return notes;
  }
}

function alarms(line: GateLine, alarm: Alarm): boolean {
  if (alarm === 'always' || (alarm !== 'never' && isAlarming(line.text, alarm))) return true;
  return line.fields !== undefined && isAlarming(line.fields, 'unless-harmless', line.text);
}

function ruleFor<Line extends GateLine>({ rules, isWhole }: Kind<Line>, line: Line): GateRule<Line> | undefined {
  for (const rule of rules) {
    if ((isWhole && rule.isByKind) || rule.matches(line.text)) return rule;
  }
  return undefined;
}
