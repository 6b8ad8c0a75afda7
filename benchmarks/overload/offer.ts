import { setImmediate as nextTurn, setTimeout as wait } from 'node:timers/promises';
import { quantile } from '../harness/median.js';
import type { Service } from './service.js';

/** What is sent to a service. */
export interface Load {
  readonly perSecond: number;
  readonly seconds: number;
  readonly steps: number;
  readonly answer: unknown;
}

/** What became of it. */
export interface Served {
  /** Answers within the time. */
  readonly perSecond: number;
  /** From when a request was due to its answer; one that was accepted and has none yet counts with its age. */
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Share of the requests that were refused, */
  readonly refused: number;
  /** and how long that took. */
  readonly refusalMs: number;
  readonly rssMb: number;
}

/** A request that has no answer yet. */
interface Request {
  readonly dueAt: number;
}

const TICK_MS = 1;
const MEGABYTE = 2 ** 20;

/** How many requests a second are answered while there is always one more, and never many. */
export async function capacityOf(
  service: Service,
  { steps, answer, seconds, outstanding }: Omit<Load, 'perSecond'> & { outstanding: number },
): Promise<number> {
  const began = performance.now();
  const end = began + 1_000 * seconds;
  let done = 0;
  const client = async (): Promise<void> => {
    while (performance.now() < end) {
      check(await service.call(steps), answer);
      if (performance.now() <= end) done++;
    }
  };
  await Promise.all(Array.from({ length: outstanding }, client));
  return done / seconds;
}

/** Sends requests at a steady rate, whatever becomes of them. A request is due at its time, also if whoever sends it is late. */
export async function offer(service: Service, load: Load): Promise<Served> {
  const { perSecond, seconds, steps, answer } = load;
  const open = new Set<Request>();
  const answered: number[] = [];
  const refused: number[] = [];
  let failure: { readonly error: unknown } | undefined;
  const rssAtStart = process.memoryUsage.rss();
  let rss = rssAtStart;
  const began = performance.now();
  const end = began + 1_000 * seconds;

  const send = (dueAt: number): void => {
    const request: Request = { dueAt };
    const sentAt = performance.now();
    open.add(request);
    service.call(steps).then(
      (value) => {
        const now = performance.now();
        if (value !== answer) failure ??= { error: new Error(`${String(value)} is not the answer`) };
        // One that comes later is as good as none: the request counts with its age.
        if (now > end) return;
        open.delete(request);
        answered.push(now - dueAt);
      },
      (error: unknown) => {
        open.delete(request);
        if (service.isRefusal(error)) refused.push(performance.now() - sentAt);
        else failure ??= { error };
      },
    );
  };
  let sent = 0;
  const sendUntil = (now: number): void => {
    for (; sent < ((now - began) * perSecond) / 1_000; sent++) send(began + (1_000 * sent) / perSecond);
    rss = Math.max(rss, process.memoryUsage.rss());
  };
  for (let now = began; now < end; now = performance.now()) {
    sendUntil(now);
    await wait(TICK_MS);
  }
  // Also those that were due since the last look: a service that keeps this thread busy would be asked for less otherwise.
  sendUntil(end);
  // A refusal is told at once, and is to be counted.
  await nextTurn();
  if (failure !== undefined) throw failure.error;
  const latencies = [...answered, ...[...open].map(({ dueAt }) => end - dueAt)];
  return {
    perSecond: answered.length / seconds,
    p50Ms: quantile(latencies, 0.5),
    p99Ms: quantile(latencies, 0.99),
    refused: refused.length / sent,
    refusalMs: refused.length === 0 ? 0 : quantile(refused, 0.99),
    rssMb: (rss - rssAtStart) / MEGABYTE,
  };
}

function check(value: unknown, answer: unknown): void {
  if (value !== answer) throw new Error(`${String(value)} is not the answer`);
}
