/** One scenario in a process of its own, named by its first argument: threads, descriptors and memory of the process are its own then. */

import { type Footprint, grownBetween, settledFootprint } from '../harness/footprint.js';
import { descriptorLinks } from '../ledger/descriptors.js';
import { live } from './live.js';
import { nameOf, type Scenario } from './scenario.js';
import type { FaultRow } from './tally.js';

/** What a scenario came to. */
export interface Found {
  readonly rows: readonly FaultRow[];
  readonly seconds: number;
  readonly restarts: number;
  readonly recycles: number;
  readonly start: Footprint;
  readonly most: Footprint;
  readonly end: Footprint;
  /** Everything that is not as it has to be, in words; empty when all is well. */
  readonly wrongs: readonly string[];
}

/** A life before the first reading: what Node, the kernel and the allocator keep, which grows with the first hundreds of threads, is there then. */
const MOST_WARM_UP_TASKS = 40_000;

async function run(scenario: Scenario): Promise<Found> {
  const tell = (line: string): void => void process.stderr.write(`${nameOf(scenario)}: ${line}\n`);
  const tasks = Math.min(MOST_WARM_UP_TASKS, Math.floor(scenario.tasks / 2));
  const warmUp = await live({ ...scenario, tasks }, () => undefined);
  const start = await settledFootprint();
  const links = descriptorLinks();
  const { tally, left, ran, leaks, ...lived } = await live(scenario, tell);
  const end = await settledFootprint(start);
  const wrongs = warmUp.tally.wrongs().map((wrong) => `in the warm-up, ${wrong}`);
  wrongs.push(...tally.wrongs(), ...ran, ...left.map((what) => `left open: ${what}`), ...grownBetween(start, end));
  for (const [link, count] of descriptorLinks()) {
    const before = links.get(link) ?? 0;
    if (count > before) wrongs.push(`${link} is open ${String(count)} times, at the start it was ${String(before)}`);
  }
  const leaked = tally.rows().find(({ fault }) => fault === 'leak')?.tasks ?? 0;
  // What a process was doing when it died is done again, and a task that leaks then leaks twice.
  const most = scenario.isolation === 'process' ? Number.POSITIVE_INFINITY : leaked;
  if (leaks < leaked || leaks > most)
    wrongs.push(`the snapshot has ${String(leaks)} leaks, there were ${String(leaked)}`);
  return { ...lived, rows: tally.rows(), start, end, wrongs };
}

const found = await run(JSON.parse(process.argv[2] ?? '') as Scenario);
// Whatever is left then that keeps the process alive would be ours: nothing here ends it.
process.send?.(found, () => {
  process.disconnect();
});
