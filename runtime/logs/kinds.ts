import type { LogLevel } from '../../workers/protocol/messages.js';
import { type Alarm, alarmOf } from './alarm-words.js';
import type { GateLine } from './gate-note.js';
import type { GateRule } from './gate-rule.js';
import { Mask } from './mask.js';
import type { Tally } from './tally.js';

/** The rules of most kinds: one list for all, for kinds come and go by the thousand. */
const NONE: readonly never[] = [];

/**
 * What is known of a kind: what holds for all its lines, and what became of those of one window. Who makes room for another one becomes it:
 * where each line is of a kind of its own, what would be made for each outlives the collector's first look, and costs several times as much.
 */
export class Kind<Line extends GateLine> {
  hash = 0;
  level: LogLevel = 'info';
  taskName: string | undefined;
  readonly mask: number[] = [];
  /** Whether its mask is that of the whole line; of a longer one nothing can be known by its kind. */
  isWhole = false;
  alarm: Alarm = 'unless-harmless';
  /** The rules that may hold for a line of it, in their order. */
  rules: readonly GateRule<Line>[] = NONE;
  /** What of it is counted in this window; most kinds come once. */
  tally: Tally<Line> | undefined;
  /** The window these are of. */
  window = 0;
  kept = 0;
  /** Another one with the same hash. */
  next: Kind<Line> | undefined;

  /** Has it be the kind of a line, the one that the mask has read. */
  become(line: Line, hash: number, mask: Mask, rules: readonly GateRule<Line>[]): void {
    const { level, taskName, text } = line;
    const isWhole = mask.copyTo(this.mask);
    this.hash = hash;
    this.level = level;
    this.taskName = taskName;
    this.isWhole = isWhole;
    this.alarm = isWhole ? alarmOf(text) : 'unless-harmless';
    const mayHold = (rule: GateRule<Line>): boolean =>
      rule.holdsFor(level, taskName) && !(isWhole && rule.isByKind && !rule.matches(text));
    this.rules = rules.some(mayHold) ? rules.filter(mayHold) : NONE;
    this.window = this.kept = 0;
  }
}

const SEEDS: Readonly<Record<LogLevel, number>> = { debug: 1, info: 2, warn: 3, error: 4 };

/**
 * So many kinds at most; the one seen first makes room for a new one. They stay when a window ends: what holds for a kind
 * costs several times as much to find out as to look up.
 */
export class Kinds<Line extends GateLine> {
  readonly #most: number;
  readonly #rules: readonly GateRule<Line>[];
  readonly #mask = new Mask();
  readonly #byHash = new Map<number, Kind<Line>>();
  /** In the order they were first seen; a ring once it is full. */
  readonly #all: Kind<Line>[] = [];
  #oldest = 0;
  #lastName: string | undefined;
  #nameHash = 0;

  constructor(most: number, rules: readonly GateRule<Line>[]) {
    this.#most = most;
    this.#rules = rules;
  }

  /** The kind of a line. `evicted` is told which one had to make room for it, if any. */
  of(line: Line, evicted: (kind: Kind<Line>) => void): Kind<Line> {
    const seed = this.#seedOf(line);
    const hash = line.plain === undefined ? this.#mask.read(line.text, seed) : this.#mask.readPlain(line.plain, seed);
    const head = this.#byHash.get(hash);
    for (let kind = head; kind !== undefined; kind = kind.next) {
      if (kind.level === line.level && kind.taskName === line.taskName && this.#mask.equals(kind.mask)) return kind;
    }
    const kind = this.#all.length < this.#most ? this.#new() : this.#reuse(evicted);
    kind.become(line, hash, this.#mask, this.#rules);
    kind.next = this.#byHash.get(hash);
    this.#byHash.set(hash, kind);
    return kind;
  }

  #new(): Kind<Line> {
    const kind = new Kind<Line>();
    this.#all.push(kind);
    return kind;
  }

  #reuse(evicted: (kind: Kind<Line>) => void): Kind<Line> {
    const kind = this.#all[this.#oldest] ?? this.#new();
    this.#oldest = (this.#oldest + 1) % this.#most;
    this.#remove(kind);
    evicted(kind);
    return kind;
  }

  #remove(kind: Kind<Line>): void {
    const head = this.#byHash.get(kind.hash);
    if (head === kind) {
      if (kind.next === undefined) this.#byHash.delete(kind.hash);
      else this.#byHash.set(kind.hash, kind.next);
      return;
    }
    for (let at = head; at !== undefined; at = at.next) if (at.next === kind) at.next = kind.next;
  }

  /** Lines of one task follow each other, so the hash of its name is hardly ever computed. */
  #seedOf({ level, taskName }: Line): number {
    if (taskName !== this.#lastName) {
      let hash = 0;
      for (let at = 0; at < (taskName?.length ?? 0); at++)
        hash = Math.imul(hash ^ (taskName?.charCodeAt(at) ?? 0), 0x9e3779b1);
      this.#lastName = taskName;
      this.#nameHash = hash;
    }
    return Math.imul(this.#nameHash ^ SEEDS[level], 0x85ebca6b);
  }
}
