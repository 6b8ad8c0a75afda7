import type { Bench, Reading } from './harness/bench.js';
import { rssBytes } from './harness/family.js';
import { CPU_PER_CALL, gauge, RATE } from './harness/gauge.js';
import { warmUp } from './harness/warm-up.js';
import { type Contender, openPool, PISCINA_MODES, type Pool } from './pools/pool.js';

const WINDOW_PER_THREAD = 1_024;

export const trivialMap: Bench = {
  name: 'trivial-map',
  work: '`map` over 1,000,000 trivial items',
  note: 'Items are numbers. Piscina has no map: it is fed through a window of the same concurrency, 1,024 per thread, with 200,000 items, since its rate is steady. RSS is read at the 200,000th and at the last item.',
  contenders: ['plustwo', ...PISCINA_MODES],
  peers: PISCINA_MODES,
  rank: { metric: 'perSecond', best: 'highest' },
  metrics: {
    perSecond: RATE,
    cpuMicros: CPU_PER_CALL,
    growthMb: { label: 'RSS growth MB', digits: 1, over: 'median' },
  },
  goals: () => [
    { metric: 'perSecond', of: 'fastest', sense: 'at least', times: 15 },
    { metric: 'growthMb', of: { label: '30 MB', value: 30 }, sense: 'at most', times: 1 },
  ],
  measure: async (contender, setting) => {
    const { threads, isolation } = setting;
    const pool = await openPool(contender, new URL('./handlers/increment.js', import.meta.url), threads, isolation);
    await warmUp(pool, 1, { wave: 2_000, waves: 5 });
    const reading = await mapOver(pool, itemsFor(contender, setting.quick), WINDOW_PER_THREAD * threads);
    await pool.close();
    return reading;
  },
};

function itemsFor(contender: Contender, quick: boolean): { count: number; mark: number } {
  if (quick) return { count: 10_000, mark: 5_000 };
  return contender === 'plustwo' ? { count: 1_000_000, mark: 200_000 } : { count: 200_000, mark: 40_000 };
}

async function mapOver(pool: Pool, items: { count: number; mark: number }, window: number): Promise<Reading> {
  let seen = 0;
  let sum = 0;
  let atMark = 0;
  const reading = await gauge(items.count, () =>
    pool.each(countTo(items.count), window, (value) => {
      sum += value as number;
      if (++seen === items.mark) atMark = rssBytes();
    }),
  );
  const growthMb = (rssBytes() - atMark) / 2 ** 20;
  if (sum !== (items.count * (items.count + 1)) / 2) throw new Error(`the answers add up to ${String(sum)}`);
  return { ...reading, growthMb };
}

function* countTo(count: number): Generator<number> {
  for (let index = 0; index < count; index++) yield index;
}
