import type { Call, Served, Settled } from './served.js';

/** Calls, and how many of them were the first of their task: what would have come without retries. */
export interface Share {
  readonly calls: number;
  readonly first: number;
}

/** What a drill of one contender came to. All calls are counted at the server. */
export interface Tally {
  /** By what the server did when they came. */
  readonly calls: { readonly before: number; readonly outage: number; readonly after: number };
  /** Until the circuit opened for the first time; all of them where none did. */
  readonly closed: Share;
  /** The part of these that fell into the outage. */
  readonly failing: Share;
  /** For each time the circuit opened, the calls that came and failed before it opened again or closed: the probe, and what was under way. */
  readonly breaks: readonly number[];
  readonly mostAtOnce: number;
  readonly ok: number;
  /** Tasks that did not end well, by the code or name of their error. */
  readonly failed: Readonly<Record<string, number>>;
  /** Of these, tasks that called only after the circuit had opened, or never. */
  readonly failedLater: number;
  /** From the recovery to the moment when all tasks were settled, in seconds. */
  readonly settledAfter: number;
  /** By second since the drill began: calls, and how many of them failed. */
  readonly seconds: readonly (readonly [calls: number, failed: number])[];
}

/** Adds up what a server and a contender noted. */
export function tally(served: Served, settled: Settled): Tally {
  const { calls, failedAt, recoveredAt, beganAt } = served;
  const opened = settled.changes.filter(({ state }) => state === 'open').map(({ at }) => at - beganAt);
  const firstOpened = opened[0] ?? Infinity;
  const firsts = firstCalls(calls);
  const share = (from: number, to: number): Share => ({
    calls: calls.filter(([at]) => at >= from && at < to).length,
    first: firsts.filter(([at]) => at >= from && at < to).length,
  });
  const reachedAt = new Map(firsts.map(([at, task]) => [task, at]));
  const calledLater = ([task]: readonly [number, string]): boolean => (reachedAt.get(task) ?? Infinity) >= firstOpened;
  return {
    calls: {
      before: share(0, failedAt).calls,
      outage: share(failedAt, recoveredAt).calls,
      after: share(recoveredAt, Infinity).calls,
    },
    closed: share(0, firstOpened),
    failing: share(failedAt, Math.min(firstOpened, recoveredAt)),
    breaks: opened.map((from, index) => {
      const to = opened[index + 1] ?? Infinity;
      return calls.filter(([at, , wasServed]) => at >= from && at < to && wasServed === 0).length;
    }),
    mostAtOnce: served.mostAtOnce,
    ok: settled.ok,
    failed: countBy(settled.failed.map(([, code]) => code)),
    failedLater: settled.failed.filter(calledLater).length,
    settledAfter: (settled.endedAt - beganAt - recoveredAt) / 1_000,
    seconds: bySecond(calls),
  };
}

function firstCalls(calls: readonly Call[]): Call[] {
  const seen = new Set<number>();
  return calls.filter(([, task]) => {
    const isFirst = !seen.has(task);
    seen.add(task);
    return isFirst;
  });
}

function bySecond(calls: readonly Call[]): [number, number][] {
  const seconds: [number, number][] = [];
  for (const [at, , served] of calls) {
    const second = Math.floor(at / 1_000);
    while (seconds.length <= second) seconds.push([0, 0]);
    const counts = seconds[second];
    if (counts === undefined) throw new Error(`a call came ${String(at)} ms after the drill began`);
    counts[0]++;
    if (served === 0) counts[1]++;
  }
  return seconds;
}

function countBy(codes: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const code of codes) counts[code] = (counts[code] ?? 0) + 1;
  return counts;
}
