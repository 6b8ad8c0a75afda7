/** One call as the server saw it: milliseconds since the drill began, the number of its task, and 1 if it was served. */
export type Call = readonly [atMs: number, task: number, served: 0 | 1];

/** All that reached the server. Times are milliseconds since the drill began. */
export interface Served {
  /** When that was, on the clock that all processes share. */
  readonly beganAt: number;
  readonly failedAt: number;
  readonly recoveredAt: number;
  /** The most calls that were under way at once. */
  readonly mostAtOnce: number;
  readonly calls: Call[];
}

/**
 * What the server is told. The outage lasts as long as its terms say, and until it was `noticed`: a short drill on a busy machine would
 * otherwise be over before a circuit has seen enough calls to open.
 */
export type ToServer = 'begin' | 'noticed' | 'report';

/** What a contender tells: that it can begin, that it noticed the outage (its circuit is open, or it has none), and at last what came. */
export type FromContender = 'ready' | 'noticed' | Settled;

/** What came of the tasks, as those who submitted them saw it. */
export interface Settled {
  readonly ok: number;
  /** Tasks that did not end well, with the code or name of their error. */
  readonly failed: readonly (readonly [task: number, code: string])[];
  /** Changes of the circuit, on the clock that all processes share; none for who has no circuit. */
  readonly changes: readonly { readonly at: number; readonly state: 'closed' | 'open' | 'half-open' }[];
  /** When the last task was settled, on the same clock. */
  readonly endedAt: number;
}
