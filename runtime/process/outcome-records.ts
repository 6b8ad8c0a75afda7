import type { Outcome } from '../../workers/protocol/outcome.js';
import type { LastAttempt, LeakedDescriptor } from '../task.js';
import type { ByteReader } from './byte-reader.js';
import type { ByteWriter } from './byte-writer.js';
import { packValue, Unreadable, unpackValue } from './packed-value.js';
import { type MarkError, reviveError } from './revive.js';
import { deserialize } from './serialize.js';
import type { HostedOutcome } from './wire.js';

const OUTCOMES: readonly Outcome[] = ['ok', 'failed', 'cancelled', 'timed-out', 'lost'];

/** Beside the outcome's number, which takes the lowest bits. */
const Flag = { outcome: 7, last: 8, measured: 16, leaked: 32, lastNew: 64 } as const;

/** Flags, id, attempts. */
const FIXED_BYTES = 1 + 8 + 4;
/** Slot, five figures, descriptors opened. */
const LAST_BYTES = 4 + 5 * 8 + 4;

/** An outcome that is ready to be packed. */
export interface ReadyOutcome {
  readonly id: number;
  readonly outcome: Outcome;
  readonly attempts: number;
  readonly last: LastAttempt | undefined;
  readonly isLastNew: boolean;
  /** Serialized. */
  readonly leaked: Buffer | undefined;
  /** What the handler gave, */
  readonly value: unknown;
  /** and what of it, or of the error, has been serialized. */
  readonly bytes: Buffer | undefined;
}

/** Writes an outcome. */
export function packOutcome(writer: ByteWriter, ready: ReadyOutcome): void {
  const { last, leaked } = ready;
  let flags = OUTCOMES.indexOf(ready.outcome);
  if (last !== undefined) flags |= last.measured ? Flag.last | Flag.measured : Flag.last;
  if (ready.isLastNew) flags |= Flag.lastNew;
  if (leaked !== undefined) flags |= Flag.leaked;
  writer.reserve(FIXED_BYTES + LAST_BYTES);
  writer.byte(flags);
  writer.double(ready.id);
  writer.uint32(ready.attempts);
  if (last !== undefined) packLast(writer, last);
  if (leaked !== undefined) writer.blob(leaked);
  packValue(writer, ready.value, ready.bytes);
}

/** Reads what {@link packOutcome} wrote. */
export function unpackOutcome(reader: ByteReader): HostedOutcome {
  const flags = reader.byte();
  const outcome = OUTCOMES[flags & Flag.outcome] ?? 'lost';
  const id = reader.double();
  const attempts = reader.uint32();
  const last = (flags & Flag.last) === 0 ? undefined : unpackLast(reader, (flags & Flag.measured) !== 0);
  const leaked = (flags & Flag.leaked) === 0 ? undefined : (deserialize(reader.blob()) as LeakedDescriptor[]);
  const isLastNew = (flags & Flag.lastNew) !== 0;
  const told = unpackValue(reader);
  if (outcome === 'ok' && !(told instanceof Unreadable))
    return { id, outcome, value: told, error: undefined, attempts, last, isLastNew, leaked };
  const error = told instanceof Unreadable ? told.error : reviveError(told as MarkError);
  return {
    id,
    outcome: outcome === 'ok' ? 'failed' : outcome,
    value: undefined,
    error,
    attempts,
    last,
    isLastNew,
    leaked,
  };
}

function packLast(writer: ByteWriter, { slot, waitMs, runMs, cpuMs, heapBytes, loopMs, opened }: LastAttempt): void {
  writer.uint32(slot);
  writer.double(waitMs);
  writer.double(runMs);
  writer.double(cpuMs);
  writer.double(heapBytes);
  writer.double(loopMs);
  writer.uint32(opened);
}

function unpackLast(reader: ByteReader, measured: boolean): LastAttempt {
  const slot = reader.uint32();
  const waitMs = reader.double();
  const runMs = reader.double();
  const cpuMs = reader.double();
  const heapBytes = reader.double();
  const loopMs = reader.double();
  const opened = reader.uint32();
  return { slot, waitMs, runMs, cpuMs, heapBytes, measured, loopMs, opened };
}
