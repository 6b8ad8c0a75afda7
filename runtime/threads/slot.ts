import type { ModuleDescription } from '../../workers/protocol/messages.js';
import { LOW_MS } from '../attempts/parcel.js';
import type { Task } from '../task.js';
import type { SlotView } from './placement.js';
import { OWN_DESCRIPTORS } from './recycle.js';
import type { Thread } from './thread.js';

/** An attempt of unknown length counts as long: nothing is put on top of it. */
const UNKNOWN_MS = 1e9;

/**
 * Where a slot stands.
 *
 * | state | meaning | goes on to |
 * |---|---|---|
 * | `cold` | no thread yet, or the last one is gone | `starting`, `stopped` |
 * | `starting` | its thread is coming up | `up`, `cold` (died), `ending` |
 * | `up` | takes attempts | `retiring`, `ending`, `cold` (died) |
 * | `retiring` | takes none; what runs may finish | `ending`, `cold` (died), `up` (its successor took over; its retiring was given up) |
 * | `ending` | its thread is being ended | `cold`, `stopped` |
 * | `stopped` | for good | – |
 *
 * Where a successor waits beside a thread that goes, the slot passes `cold` on its way to where the successor stands.
 */
export type SlotState = 'cold' | 'starting' | 'up' | 'retiring' | 'ending' | 'stopped';

/** The stable place of a thread, and the books of what that thread has. */
export class Slot implements SlotView {
  readonly number: number;
  state: SlotState = 'cold';
  thread: Thread | undefined;
  /** The thread that is to take the place of the present one, and whether it is up. */
  successor: { readonly thread: Thread; isUp: boolean } | undefined;
  generation = 0;
  /** Threads made for it, those included that never took their place. */
  made = 0;
  /** Its thread cannot be trusted any more, or has an attempt in it that was given up: it does not come back from `retiring`. */
  isCondemned = false;
  cpu = 0;
  io = 0;
  expectedMs = 0;
  /** Descriptors its io attempts are taken to need. */
  needs = 0;
  /** Something keeps its thread from starting what was posted. */
  stalled = false;
  /** Whether it is being emptied for an attempt that must be alone in its thread, or has one. */
  solitude: 'none' | 'wanted' | 'given' = 'none';
  /** Tasks whose handlers the thread knows. */
  readonly introduced = new Set<number>();
  /** Attempts that ended here, over all generations. */
  tasksDone = 0;
  /** How many descriptors ended attempts may hold in all, and how many they held when somebody last looked. */
  mostHeld = Number.POSITIVE_INFINITY;
  held = 0;
  /** What is held in a thread that the slot has left behind and that is not gone yet. */
  heldBehind = 0;
  /** Whether it has a second thread: a successor, or one that is not gone yet. */
  isDouble = false;
  /** Modules that are being looked at in its thread. */
  visits = 0;
  /** Somebody who kept its thread from going has left. */
  freed: () => void = () => undefined;
  #doneBefore = 0;
  #tasks: (Task | undefined)[] = [];
  /** Entries that were used and are free again. */
  readonly #free: number[] = [];
  /** Entries from here on were never used. */
  #unused = 0;
  #entries = 0;
  /** What each entry's attempt is expected to take; see `post`. */
  #expected = new Float64Array();
  /** Attempts posted and not revoked, to be compared with how many started. Wraps at 32 bits like the thread's own count. */
  #posted = 0;

  constructor(number: number) {
    this.number = number;
  }

  /** Whether it takes attempts. A thread that has not looked at what it was given is passed over until it has. */
  get open(): boolean {
    return this.state === 'up' && !this.stalled && this.allowance > 0;
  }

  /** Whether it is kept from everything but an attempt that must be alone. */
  get kept(): boolean {
    return this.solitude !== 'none';
  }

  /**
   * How many attempts it may have, if each of them may leave a descriptor behind as others have: with what is held they stay within the
   * limit. Where nothing is held there is no reason to suspect any.
   */
  get allowance(): number {
    const held = this.held + this.heldBehind;
    if (held === 0) return Number.POSITIVE_INFINITY;
    return Math.max(0, this.mostHeld - held - (this.isDouble ? OWN_DESCRIPTORS : 0));
  }

  /** Whether the next thread is coming up after one that died or was ended. */
  get isReturning(): boolean {
    return this.state === 'starting' && this.made > 1;
  }

  /** Whether it has no thread yet and may get one soon. */
  get isComingUp(): boolean {
    return this.state === 'cold' || this.state === 'starting';
  }

  /** Attempts it has and has not ended. */
  get outstanding(): number {
    return this.cpu + this.io;
  }

  /** Entries that are free. */
  get free(): number {
    return this.#free.length + this.#entries - this.#unused;
  }

  /** Attempts it may have beside those it has. */
  get room(): number {
    return Math.max(0, Math.min(this.free, this.allowance - this.outstanding));
  }

  /** Attempts that ended in its present thread. */
  get doneHere(): number {
    return this.tasksDone - this.#doneBefore;
  }

  /** Attempts it has that have not started. */
  get unstarted(): number {
    return this.thread === undefined || this.outstanding === 0 ? 0 : (this.#posted - this.thread.started()) | 0;
  }

  /** Whether a cpu attempt of such length may be put on top of what it has. */
  takesCpu(expectedMs: number): boolean {
    return this.room > 0 && (this.cpu === 0 || (this.expectedMs < LOW_MS && expectedMs < LOW_MS));
  }

  /** Clean books for a new thread. */
  assign(thread: Thread): void {
    this.thread = thread;
    this.generation = thread.generation;
    this.isCondemned = false;
    this.held = 0;
    this.visits = 0;
    this.#doneBefore = this.tasksDone;
    this.cpu = 0;
    this.io = 0;
    this.expectedMs = 0;
    this.needs = 0;
    this.stalled = false;
    this.solitude = 'none';
    this.introduced.clear();
    this.#posted = 0;
    this.#entries = thread.entries;
    this.#unused = 0;
    this.#free.length = 0;
    this.#tasks = [];
    this.#expected = new Float64Array(thread.entries);
  }

  /**
   * Posts a task's attempt. `expected` is what it is expected to take: milliseconds where it is a cpu attempt, descriptors where it is an io
   * attempt.
   *
   * @throws what clone throws; the task is not here then
   */
  post(task: Task, expected: number, note: Parameters<Thread['post']>[1]['note']): void {
    const { thread } = this;
    const entry = this.#free.pop() ?? this.#unused++;
    if (thread === undefined || entry >= this.#entries)
      throw new Error(`slot ${this.number} has no room for task ${task.id}`);
    try {
      thread.post(entry, {
        task: task.type.number,
        id: task.id,
        input: task.input,
        transfer: task.plan.transfer,
        deadlineAt: task.plan.deadline === undefined ? undefined : task.submittedAt + task.plan.deadline,
        note,
      });
    } catch (error) {
      this.#free.push(entry);
      throw error;
    }
    this.introduced.add(task.type.number);
    this.#posted = (this.#posted + 1) | 0;
    this.#tasks[entry] = task;
    task.slot = this.number;
    task.entry = entry;
    this.#expected[entry] = Number.isFinite(expected) ? expected : UNKNOWN_MS;
    this.#count(task, entry, 1);
  }

  /** Takes a task back that has not started; false if it has. The thread hands its entry back later, as skipped. */
  revoke(task: Task): boolean {
    if (this.#tasks[task.entry] !== task || this.thread?.revoke(task.entry) !== true) return false;
    this.#posted = (this.#posted - 1) | 0;
    this.#forget(task);
    return true;
  }

  /** The task whose attempt was in the entry, which is free afterwards; undefined if it was given up before. */
  release(entry: number): Task | undefined {
    const task = this.#tasks[entry];
    this.stalled = false;
    this.#free.push(entry);
    if (task !== undefined) this.#forget(task);
    return task;
  }

  /** {@link Slot.release}, for an entry that was handed back unstarted. The task in it, if any, was not taken back: its thread declined it. */
  decline(entry: number): Task | undefined {
    const task = this.release(entry);
    if (task !== undefined) this.#posted = (this.#posted - 1) | 0;
    return task;
  }

  /** Gives a running task up: what its attempt still does is nobody's any more. Its entry stays taken until the thread ends. */
  abandon(task: Task): void {
    if (this.#tasks[task.entry] === task) this.#forget(task);
  }

  /** Has its thread import a module and list its handlers; undefined when there is none. The thread is not recycled meanwhile. */
  async describe(href: string): Promise<ModuleDescription | undefined> {
    const { thread } = this;
    if (thread === undefined) return undefined;
    this.visits++;
    try {
      return await thread.describe(href);
    } finally {
      if (this.thread === thread) {
        this.visits--;
        this.freed();
      }
    }
  }

  /** The task in an entry. */
  at(entry: number): Task | undefined {
    return this.#tasks[entry];
  }

  /** All tasks it has, by entry. */
  tasks(): Task[] {
    if (this.outstanding === 0) return [];
    return this.#tasks.filter((task) => task !== undefined);
  }

  #forget(task: Task): void {
    this.#tasks[task.entry] = undefined;
    this.#count(task, task.entry, -1);
    if (this.solitude === 'given' && this.outstanding === 0) this.solitude = 'none';
    task.slot = -1;
    task.entry = -1;
    // It counts for the attempt in this thread: taken back and posted again, a task would gather one each time.
    task.extras?.timeout?.cancel();
  }

  #count(task: Task, entry: number, by: 1 | -1): void {
    if (task.type.plan.kind === 'io') {
      this.io += by;
      this.needs = this.io === 0 ? 0 : this.needs + by * (this.#expected[entry] ?? 0);
      return;
    }
    this.cpu += by;
    // Sums of fractions drift, like those above; an idle thread's is zero.
    this.expectedMs = this.cpu === 0 ? 0 : this.expectedMs + by * (this.#expected[entry] ?? 0);
  }
}
