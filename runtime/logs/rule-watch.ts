import { evenBeat, medianOf, type RuleWindow } from './even-beat.js';
import type { RuleNote } from './gate-note.js';
import { TaskMarks } from './task-marks.js';

/** So many windows are remembered: for a line a window those in which a beat can be told, and more than an hour. */
const MEMORY = 75;
/** So many say what is usual now; and a rule that has not matched in as many is forgotten. */
const RECENT = 10;
/** Where so many lines a window are usual, one without any is silence; otherwise it takes two. */
const DENSE = 6;
const MOST_EMPTY = 2;
/** A silence may have its reason when whose lines they were has ended in one of its windows, or in that in which the last one came. */
const LATELY = MOST_EMPTY + 1;
const LEAST_JUMP = 50;
const JUMP_TIMES = 5;
/** What comes all at once now and then, as the entries of a cache do, is no jump the second time. */
const HIGHEST_TIMES = 1.5;

/**
 * Who drops heartbeats has to watch for their absence, and nobody wants to hear that work is done for today. So a rule is missed
 * only if its lines come by the clock ({@link evenBeat}), if the other lines do not dry up with it, and if who said it is still
 * there: the beat of a task that has ended is over, too, unless each beat was of a task of its own. And it jumps only if there are
 * not as many more other lines, or tasks that say it.
 *
 * Windows have to follow one another while {@link RuleWatch.isWatching}: those of another day say nothing about the next one.
 */
export class RuleWatch {
  readonly #rules: readonly Watched[];

  constructor(names: readonly string[]) {
    this.#rules = names.map((name) => new Watched(name));
  }

  /** A line matched the rule of this place. `task` is whose it was, if anybody's; of a late one the attempt had ended before. */
  count(rule: number, task: number | undefined, isLate: boolean, now: number): void {
    this.#rules[rule]?.count(task, isLate, now);
  }

  /** This task, or an attempt of it, has ended. */
  ended(task: number): void {
    for (const rule of this.#rules) rule.ended(task);
  }

  /** One of the lines, which matches nothing, was that of this task's end. */
  toldEnd(task: number): void {
    for (const rule of this.#rules) rule.toldEnd(task);
  }

  /** Whether a rule has matched in one of the last windows, so that the next one has to be looked at also if nothing comes. */
  get isWatching(): boolean {
    return this.#rules.some((rule) => rule.isWatching);
  }

  /**
   * Ends a window with so many lines, of rules and others. `wasWatched` says that it was ended in time and another one follows:
   * a process that was suspended, or a clock that was set, makes no silence.
   */
  endWindow(lines: number, wasWatched: boolean): RuleNote[] {
    return this.#rules.flatMap((rule) => rule.end(lines, wasWatched) ?? []);
  }
}

interface TaskWindow extends RuleWindow {
  /** How many tasks said it. */
  readonly tasks: number;
}

class Watched {
  readonly #name: string;
  /** The last windows, the oldest first; none until it has matched. */
  #windows: TaskWindow[] = [];
  /** How many of them, at the end, have no match. */
  #empty = 0;
  #matches = 0;
  readonly #tasks = new TaskMarks();
  /** Lines that tell the ends of these. */
  #ends = 0;
  #task: number | undefined;
  /** How many windows ended since that task did. */
  #sinceEnd = Infinity;
  #newest = -1;
  #firsts = 0;
  #last: number | undefined;
  #shortest = Infinity;
  #longest = 0;

  constructor(name: string) {
    this.#name = name;
  }

  get isWatching(): boolean {
    return this.#windows.length > 0;
  }

  count(task: number | undefined, isLate: boolean, now: number): void {
    this.#matches++;
    this.#measure(now);
    if (task !== undefined) this.#tasks.add(task);
    if (task !== undefined && task > this.#newest) {
      this.#newest = task;
      this.#firsts++;
    }
    // What goes on after its task's end is not bound to it. Whether it goes on, only the next windows can say.
    if (isLate) return;
    this.#task = task;
    this.#sinceEnd = Infinity;
  }

  ended(task: number): void {
    if (task === this.#task) this.#sinceEnd = 0;
  }

  toldEnd(task: number): void {
    if (task === this.#task || this.#tasks.has(task)) this.#ends++;
  }

  end(lines: number, wasWatched: boolean): RuleNote | undefined {
    const window = this.#take(lines);
    const { matches } = window;
    this.#sinceEnd++;
    this.#empty = matches === 0 ? this.#empty + 1 : 0;
    const note = matches > 0 ? this.#jump(window) : wasWatched ? this.#silence(window) : undefined;
    if (!wasWatched || note?.type === 'silent' || this.#empty >= RECENT) this.#forget();
    else if (matches > 0 || this.isWatching) this.#remember(window);
    return note;
  }

  #measure(now: number): void {
    const since = this.#last === undefined ? undefined : now - this.#last;
    this.#last = now;
    if (since === undefined) return;
    if (since < this.#shortest) this.#shortest = since;
    if (since > this.#longest) this.#longest = since;
  }

  #take(lines: number): TaskWindow {
    const matches = this.#matches;
    const others = Math.max(0, lines - matches - this.#ends);
    const [firsts, shortest, longest] = [this.#firsts, this.#shortest, this.#longest];
    this.#matches = this.#ends = this.#firsts = this.#longest = 0;
    this.#shortest = Infinity;
    return { matches, others, tasks: this.#tasks.take(), firsts, shortest, longest };
  }

  #silence({ others }: RuleWindow): RuleNote | undefined {
    const empty = this.#empty;
    if (empty > MOST_EMPTY) return undefined;
    const beat = evenBeat(this.#windows.slice(0, this.#windows.length + 1 - empty), this.#sinceEnd <= LATELY);
    if (beat === undefined || (beat.usual < DENSE && empty < MOST_EMPTY)) return undefined;
    if (others < beat.quietest / 2) return undefined;
    return { type: 'silent', rule: this.#name, windows: empty, usual: beat.usual };
  }

  #jump({ matches: count, others, tasks }: TaskWindow): RuleNote | undefined {
    if (count < LEAST_JUMP) return undefined;
    const last = this.#windows.slice(-RECENT);
    const usual = medianOf(last.map((window) => window.matches));
    if (last.length < RECENT || usual === 0) return undefined;
    const usualOthers = medianOf(last.map((window) => window.others));
    const usualTasks = medianOf(last.map((window) => window.tasks));
    // Beside the rule's own lines a few others more or less are no growth.
    const growth = Math.max(1, (others + usual) / (usualOthers + usual), tasks / Math.max(1, usualTasks));
    const highest = Math.max(...this.#windows.map((window) => window.matches));
    const isJump = count > growth * Math.max(JUMP_TIMES * usual, HIGHEST_TIMES * highest);
    return isJump ? { type: 'jump', rule: this.#name, count, usual } : undefined;
  }

  #remember(window: TaskWindow): void {
    this.#windows.push(window);
    if (this.#windows.length > MEMORY) this.#windows.shift();
  }

  #forget(): void {
    this.#windows = [];
    this.#empty = 0;
    this.#last = undefined;
  }
}
