import type { ByteReader } from './byte-reader.js';
import type { ByteWriter } from './byte-writer.js';
import type { Outbox } from './outbox.js';
import { bytesOf, packValue, unpackValue } from './packed-value.js';
import { deserialize, serialize } from './serialize.js';
import type { HostedTask, PlainPlan } from './wire.js';

/** What a record has beside what all have. */
const Flag = {
  /** It was tried before. */
  attempts: 1,
  progress: 2,
  /** A plan of its own, which follows. */
  plan: 4,
  /** The plan of the last record that brought one. */
  samePlan: 8,
} as const;

/** Flags, type, id, age. */
const FIXED_BYTES = 1 + 4 + 8 + 8;

/** The sending end of task records: knows which plan it has told last. */
export class TaskPacker {
  #lastPlan: PlainPlan | undefined;
  // Of the task that is being packed. A hundred thousand a second are, and an object for each would be garbage at once.
  #input: Buffer | undefined;
  #plan: Buffer | undefined;

  /**
   * Adds a task's record. Whatever of it runs somebody else's code, and may add another task, has run before anything is written.
   *
   * @throws what serializing the input or the plan's `args` throws; nothing was added then
   */
  add(task: HostedTask, outbox: Pick<Outbox, 'record'>): void {
    const { plan } = task;
    const input = bytesOf(task.input);
    const bytes = plan === undefined || plan === this.#lastPlan ? undefined : serialize(plainOf(plan));
    this.#input = input;
    this.#plan = bytes;
    outbox.record(this.#pack, task);
    this.#input = this.#plan = undefined;
  }

  readonly #pack = (writer: ByteWriter, task: HostedTask): void => {
    const { plan, attemptsStarted } = task;
    let flags = task.progress ? Flag.progress : 0;
    if (attemptsStarted > 0) flags |= Flag.attempts;
    if (plan !== undefined) flags |= this.#plan === undefined ? Flag.samePlan : Flag.plan;
    writer.reserve(FIXED_BYTES + 4);
    writer.byte(flags);
    writer.uint32(task.type);
    writer.double(task.id);
    writer.double(task.waitedMs);
    if (attemptsStarted > 0) writer.uint32(attemptsStarted);
    if (this.#plan !== undefined) {
      writer.blob(this.#plan);
      this.#lastPlan = plan;
    }
    packValue(writer, task.input, this.#input);
  };
}

/** The receiving end. */
export class TaskUnpacker {
  #lastPlan: PlainPlan | undefined;

  /** The next task of a frame; its input may be {@link Unreadable}. Tasks with the same plan get the same object. */
  unpack(reader: ByteReader): HostedTask {
    const flags = reader.byte();
    const type = reader.uint32();
    const id = reader.double();
    const waitedMs = reader.double();
    const attemptsStarted = (flags & Flag.attempts) === 0 ? 0 : reader.uint32();
    if ((flags & Flag.plan) !== 0) this.#lastPlan = deserialize(reader.blob()) as PlainPlan;
    const plan = (flags & (Flag.plan | Flag.samePlan)) === 0 ? undefined : this.#lastPlan;
    const progress = (flags & Flag.progress) !== 0;
    return { id, type, input: unpackValue(reader), attemptsStarted, plan, progress, waitedMs };
  }
}

/** What of a plan travels. */
export function plainOf(plan: PlainPlan): PlainPlan {
  const { kind, timeout, deadline, grace, priority, retry, args, whenOpen, limit, uses, trace } = plan;
  return { kind, timeout, deadline, grace, priority, retry, args, whenOpen, limit, uses, trace };
}
