/** What can be open. `directory` is a `Dir` of `fs.opendir`; `process` a child process; `thread` one that a task started. */
export type ResourceKind = 'file' | 'directory' | 'socket' | 'server' | 'udp' | 'watcher' | 'process' | 'thread';

/** When the line that opened something is noted: always; once a task is under suspicion, and at its first openings; never. */
export type StackPolicy = 'always' | 'suspect' | 'off';

/**
 * How something that is open stands.
 *
 * | standing | meaning |
 * |---|---|
 * | `open` | its attempt runs, or it belongs to a module, a resource or the thread |
 * | `pooled` | an idle keep-alive socket, or something on its way to be closed: nobody's |
 * | `leaked` | a file or directory its attempt left open |
 * | `retained` | anything else that outlives its attempt |
 */
export type Standing = 'open' | 'pooled' | 'leaked' | 'retained';

/** Something open, as plain data. */
export interface HoldingNote {
  /** What it is. */
  readonly resource: ResourceKind;
  /** Its number; null for what has none of its own. */
  readonly descriptor: number | null;
  /** Path, address, or what else names it. */
  readonly path: string | null;
  /** `file:line:column` of the user's code that opened it; null when it was not noted. */
  readonly openedAt: string | null;
  /** Number of the task's handler, as it was introduced; null with `task`. */
  readonly handler: number | null;
  /** The task that opened it; null when it belongs to a module, a resource, or was declared shared. */
  readonly task: string | null;
  /** Number of that task. */
  readonly taskId: number | null;
  /** How it stands, see {@link Standing}. */
  readonly standing: Standing;
}

/** What a thread needs to keep its ledger. */
export interface LedgerTerms {
  /** The table of owners, see owners.ts; shared by all threads of the process. */
  readonly owners: SharedArrayBuffer;
  /** The thread's name in that table. */
  readonly stamp: number;
  readonly stacks: StackPolicy;
  /** The thread starts no attempt any more once so many descriptors are held by ended ones; Infinity for no limit. */
  readonly mostHeld: number;
}

/** How memory of a thread is watched for growth. */
export interface GrowthTerms {
  /** Verified bytes above the warmed-up base that are too many; Infinity for no limit. */
  readonly budget: number;
}
