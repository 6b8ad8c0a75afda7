/** When a thread is recycled; Infinity for never. */
export interface RecycleLimits {
  readonly heapGrowth: number;
  readonly descriptors: number;
  readonly tasks: number;
  readonly age: number;
}

/** What holds without the option. */
export const DEFAULT_RECYCLE: RecycleLimits = {
  heapGrowth: 256 * 2 ** 20,
  descriptors: 64,
  tasks: Number.POSITIVE_INFINITY,
  age: Number.POSITIVE_INFINITY,
};

/** A thread was replaced by a fresh one. */
export interface RecycleRecord {
  readonly slot: number;
  /** The thread that goes. */
  readonly generation: number;
  readonly reason: 'heapGrowth' | 'descriptors' | 'tasks' | 'age';
  readonly task: string | null;
  readonly figures: {
    readonly heapGrowthBytes: number | null;
    readonly descriptorsHeld: number | null;
    readonly tasks: number;
    readonly ageMs: number;
  };
  readonly overlap: boolean;
  readonly helped: boolean;
  readonly at: string;
}
