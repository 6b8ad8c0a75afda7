/** How a load went. */
export interface Driven {
  readonly done: number;
  /** Tasks that did not end well, by code or name of their error. */
  readonly failed: Readonly<Record<string, number>>;
  readonly seconds: number;
  /** The longest from the submission of a task to its answer. */
  readonly slowestMs: number;
}

export interface Drive {
  readonly seconds: number;
  /** Tasks submitted and not answered. */
  readonly window: number;
  /** The load ends early with the first task that fails with this code. */
  readonly until?: string;
}

/** Keeps a pool busy for so long, with a constant number of tasks under way. */
export async function drive(call: () => Promise<unknown>, { seconds, window, until }: Drive): Promise<Driven> {
  const failed: Record<string, number> = {};
  const start = performance.now();
  const end = start + seconds * 1000;
  let done = 0;
  let slowestMs = 0;
  let ended = false;
  const lane = async (): Promise<void> => {
    while (!ended && performance.now() < end) {
      const before = performance.now();
      try {
        await call();
        done++;
      } catch (error) {
        const code = codeOf(error);
        failed[code] = (failed[code] ?? 0) + 1;
        ended ||= code === until;
      }
      slowestMs = Math.max(slowestMs, performance.now() - before);
    }
  };
  await Promise.all(Array.from({ length: window }, lane));
  return { done, failed, seconds: (performance.now() - start) / 1000, slowestMs };
}

function codeOf(error: unknown): string {
  const { code, name } = error as { code?: unknown; name?: unknown };
  return typeof code === 'string' ? code : String(name);
}
