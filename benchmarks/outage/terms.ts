/** What every process of a drill is told. */
export interface Terms {
  readonly tasks: number;
  /** How long the dependency serves at first, then fails, then serves again while tasks still come, in seconds. */
  readonly before: number;
  readonly outage: number;
  readonly after: number;
  /** How many may use the dependency at once; Piscina has no such limit but its threads. */
  readonly concurrency: number;
  readonly threads: number;
  readonly isolation: 'thread' | 'process';
}

/** Attempts of each task, the first one included. */
export const ATTEMPTS = 3;

/** How many tasks come in a second. */
export function ratePerSecond({ tasks, before, outage, after }: Terms): number {
  return tasks / (before + outage + after);
}

export const DRILLED = ['plustwo, uses', 'plustwo, ctx.call', 'Piscina + p-retry'] as const;

/** Who is drilled: our two ways to say what a task depends on, and what one would write by hand. */
export type Drilled = (typeof DRILLED)[number];
