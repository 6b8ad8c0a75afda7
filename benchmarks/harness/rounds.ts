import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Contender } from '../pools/pool.js';
import type { Bench, Reading, Setting } from './bench.js';

const READING = fileURLToPath(new URL('../reading.js', import.meta.url));
const LIMIT_MS = 600_000;

export type Readings = Partial<Record<Contender, Reading[]>>;

export interface Rounds {
  readonly count: number;
  readonly contenders: readonly Contender[];
  onReading(text: string): void;
}

/**
 * Measures every contender once per round, the order reversed from round to round, so that a drift of the machine
 * favours nobody. Every reading comes from a fresh process: heap, compiled code and threads of one contender cannot
 * weigh on the next, and the CPU time of the process is the contender's own.
 */
export async function measureRounds(bench: Bench, setting: Setting, rounds: Rounds): Promise<Readings> {
  const readings: Readings = {};
  for (let round = 0; round < rounds.count; round++) {
    const order = round % 2 === 0 ? rounds.contenders : rounds.contenders.toReversed();
    const measure = async (contender: Contender): Promise<void> => {
      const reading = await readPatiently(bench.name, contender, setting, rounds.onReading);
      (readings[contender] ??= []).push(reading);
      rounds.onReading(`${bench.name} ${String(round + 1)}/${String(rounds.count)} ${contender}: ${describe(reading)}`);
    };
    if (bench.together) await Promise.all(order.map(measure));
    else for (const contender of order) await measure(contender);
  }
  return readings;
}

function describe(reading: Reading): string {
  return Object.entries(reading)
    .map(([metric, value]) => `${metric} ${value.toPrecision(5)}`)
    .join(', ');
}

/** How often a peer whose process went down is asked again. */
const PEER_TRIES = 5;

/**
 * Ours has one try. A peer gets more: Piscina's `destroy()` takes the process down now and then on Node 20, when it falls into the loading of
 * an ES module by a thread, and a run of a quarter of an hour should not be lost over that.
 */
async function readPatiently(
  bench: string,
  contender: Contender,
  setting: Setting,
  tell: (text: string) => void,
): Promise<Reading> {
  for (let tries = contender === 'plustwo' ? 1 : PEER_TRIES; ; tries--) {
    try {
      return await readInProcess(bench, contender, setting);
    } catch (error) {
      if (tries <= 1) throw error;
      tell(`${String(error)}; it is asked again`);
    }
  }
}

async function readInProcess(bench: string, contender: Contender, setting: Setting): Promise<Reading> {
  const child = fork(READING, [bench, contender, JSON.stringify(setting)], { execArgv: [], timeout: LIMIT_MS });
  let reading: Reading | undefined;
  child.once('message', (message) => {
    reading = message as Reading;
  });
  const [code, signal] = (await once(child, 'exit')) as [number | null, string | null];
  if (!reading || code !== 0) throw new Error(`${bench} with ${contender} ended with ${String(code ?? signal)}`);
  return reading;
}
