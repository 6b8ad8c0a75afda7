import spin from './handlers/spin.js';
import type { Bench, Goal } from './harness/bench.js';
import { stepsOf } from './ledger/steps.js';
import { capacityOf, offer } from './overload/offer.js';
import { OVERLOAD_CONTENDERS, openService } from './overload/service.js';

const TASK_MS = 5;
/** Of what a contender can do, how much is offered. */
export const LOADS = [0.5, 1, 2, 5, 10] as const;

/** What is left of a service that is asked for more than it can do. */
export function overload(times: number, { seconds }: { seconds: number }): Bench {
  return {
    name: `overload-${String(times)}x`,
    work: `${String(times)} x the capacity offered, cpu tasks of ${String(TASK_MS)} ms`,
    note: `Requests come at a steady rate for ${String(seconds)} s, whatever becomes of them. The capacity is the contender's own, measured just before with four requests per thread under way. Latency counts from when a request was due; one that was accepted and has no answer at the end counts with its age. \`p99 / queue\` is the 99th percentile by the time in which the queue and what runs are worked off at the rate of the answers; 0 where the queue has no end. plustwo is given a queue of 32 per thread, \`piscina auto queue\` has the square of its threads. \`Promise.all\` is the main thread itself, without a pool: its capacity is that of one core.`,
    contenders: OVERLOAD_CONTENDERS,
    peers: ['piscina endless queue'],
    rank: { metric: 'goodput', best: 'highest' },
    metrics: {
      capacity: { label: 'capacity per second', digits: 0, over: 'median' },
      goodput: { label: 'goodput / capacity', digits: 3, over: 'median' },
      p50Ms: { label: 'p50 ms', digits: 0, over: 'median' },
      p99Ms: { label: 'p99 ms', digits: 0, over: 'median' },
      p99ByQueue: { label: 'p99 / queue', digits: 2, over: 'median' },
      refused: { label: 'refused', digits: 3, over: 'median' },
      refusalMs: { label: 'refusal p99 ms', digits: 2, over: 'median' },
      rssMb: { label: 'RSS growth MB', digits: 1, over: 'median' },
    },
    goals: () => goalsFor(times),
    prepare: ({ quick }) => ({ steps: stepsOf(TASK_MS), length: quick ? 1 : seconds }),
    measure: async (contender, { threads, quick, figures: { steps = NaN, length = NaN } }) => {
      const service = await openService(contender, threads);
      const work = { steps, answer: spin(steps), seconds: length };
      await capacityOf(service, { ...work, seconds: 1, outstanding: 4 * threads });
      const calibration = quick ? 1 : Math.max(2, length / 6);
      const capacity = await capacityOf(service, { ...work, seconds: calibration, outstanding: 4 * threads });
      const { perSecond, ...served } = await offer(service, { ...work, perSecond: times * capacity });
      await service.close();
      return {
        capacity,
        goodput: perSecond / capacity,
        p99ByQueue: (served.p99Ms * perSecond) / (1_000 * (service.queue + threads)),
        ...served,
      };
    },
  };
}

function goalsFor(times: number): Goal[] {
  const asked: Goal = {
    metric: 'goodput',
    of: { label: times < 1 ? 'what is offered' : 'its capacity', value: Math.min(1, times) },
    sense: 'at least',
    times: 0.95,
  };
  if (times <= 1) return [asked];
  return [
    asked,
    { metric: 'p99ByQueue', of: { label: 'the queue', value: 1 }, sense: 'at most', times: 1.1 },
    { metric: 'refusalMs', of: { label: '1 ms', value: 1 }, sense: 'at most', times: 1 },
  ];
}
