import type { LogLevel } from '../../workers/protocol/messages.js';
import { type Alarm, alarmOf } from './alarm-words.js';
import type { GateLine } from './gate-note.js';
import type { GateRule } from './gate-rule.js';
import { MASK_REACH, Mask } from './mask.js';
import { Tally } from './tally.js';

/** What is known of a kind: what holds for all its lines, and what became of those of one window. */
export class Kind<Line extends GateLine> {
  readonly hash: number;
  readonly level: LogLevel;
  readonly taskName: string | undefined;
  readonly mask: Uint32Array;
  /** Whether its mask is that of the whole line; of a longer one nothing can be known by its kind. */
  readonly isWhole: boolean;
  readonly alarm: Alarm;
  /** The rules that may hold for a line of it, in their order. */
  readonly rules: readonly GateRule<Line>[];
  readonly tally = new Tally<Line>();
  /** The window these are of. */
  window = 0;
  kept = 0;
  /** Another one with the same hash. */
  next: Kind<Line> | undefined;

  constructor(line: Line, hash: number, mask: Uint32Array, rules: readonly GateRule<Line>[]) {
    this.hash = hash;
    this.level = line.level;
    this.taskName = line.taskName;
    this.mask = mask;
    this.isWhole = line.text.length <= MASK_REACH;
    this.alarm = this.isWhole ? alarmOf(line.text) : 'unless-harmless';
    this.rules = rules.filter(
      (rule) =>
        rule.holdsFor(line.level, line.taskName) && !(this.isWhole && rule.isByKind && !rule.matches(line.text)),
    );
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
    return this.#add(new Kind(line, hash, this.#mask.copy(), this.#rules), evicted);
  }

  #add(kind: Kind<Line>, evicted: (kind: Kind<Line>) => void): Kind<Line> {
    const old = this.#all.length < this.#most ? undefined : this.#all[this.#oldest];
    if (old === undefined) {
      this.#all.push(kind);
    } else {
      this.#remove(old);
      this.#all[this.#oldest] = kind;
      this.#oldest = (this.#oldest + 1) % this.#most;
      evicted(old);
    }
    kind.next = this.#byHash.get(kind.hash);
    this.#byHash.set(kind.hash, kind);
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
