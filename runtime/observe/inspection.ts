import type { HoldingNote } from '../../workers/protocol/ledger.js';

/** What was open in one thread when it was asked. */
export interface ThreadInspection {
  /** The slot's number, from 0; it stays when the thread is replaced. */
  readonly slot: number;
  /** Which of the slot's threads it is, from 1. */
  readonly generation: number;
  /** Node's id of the thread; null while it is coming up. */
  readonly threadId: number | null;
  /** False for a thread too busy to answer: only what can be told from outside is listed then, without lines. */
  readonly answered: boolean;
  /** Everything open in it, whoever opened it. */
  readonly holdings: readonly HoldingNote[];
}

/** A descriptor that only the kernel shows: native code opened it, past Node's own APIs. */
export interface UnattributedDescriptor {
  /** Its number. */
  readonly descriptor: number;
  /** What it leads to, as the kernel writes it. */
  readonly link: string;
  /** The task that was the only one running when it appeared; null when that cannot be told. */
  readonly task: string | null;
}

/** Everything open in the threads of a supervisor at one moment, as plain JSON. */
export interface Inspection {
  /** Version of this shape. */
  readonly v: 1;
  /** What the supervisor is called. */
  readonly name: string;
  /** Where it stands. */
  readonly state: 'running' | 'draining' | 'closed';
  /** One row per thread, by slot. */
  readonly threads: readonly ThreadInspection[];
  /** Descriptors without a known owner. */
  readonly unattributed: readonly UnattributedDescriptor[];
}

/** What a supervisor tells `plustwo inspect`: one line of JSON. */
export interface InspectionAnswer {
  /** Version of this shape. */
  readonly v: 1;
  /** The process the supervisor runs in. */
  readonly pid: number;
  /** Whether it is the last one: the supervisor has done its work, and its threads end now. */
  readonly last: boolean;
  /** What was open; null when looking failed. */
  readonly inspection: Inspection | null;
  /** Why looking failed; null when it did not. */
  readonly error: string | null;
}

/** Environment variable with the address at which an inspector listens. */
const ADDRESS = 'PLUSTWO_INSPECT';

/**
 * Answers the inspector that started this process, if one did; otherwise nothing happens, and nothing is loaded. Whatever becomes of the
 * inspector, the host does not notice: it is never kept alive, and never told of an error. The function it gives tells the inspector
 * for the last time what is open, and ends the answering.
 */
export function answerInspector(inspect: () => Promise<Inspection>): () => Promise<void> {
  const address = process.env[ADDRESS];
  if (address === undefined || address === '') return () => Promise.resolve();
  const server = import('./inspect-server.js').then(({ InspectServer }) => new InspectServer(address, inspect));
  return async () => {
    await (await server).close();
  };
}
