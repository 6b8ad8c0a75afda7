import { setTimeout } from 'node:timers/promises';
import type { Bench } from './harness/bench.js';
import { contextSwitches } from './harness/context-switches.js';
import { callAtOnce } from './harness/warm-up.js';
import { openPool } from './pools/pool.js';

const CALLS = { wave: 200, waves: 10 };

export const idle: Bench = {
  name: 'idle',
  work: 'idle for 20 s after work',
  note: "The goals are measured from 16 s to 36 s after 2,000 calls, the same number for every contender, since what work leaves to V8's memory reducer depends on it. Where the reducer still runs in that window it does so in bare workers too; the late window, from 45 s to 65 s, tells it apart from polling. CPU and context switches are those of the whole process. The contenders of a round wait side by side, each in its own process.",
  contenders: ['plustwo', 'piscina disabled', 'bare workers'],
  peers: ['piscina disabled'],
  rank: { metric: 'cpuPercent', best: 'lowest' },
  metrics: {
    cpuPercent: { label: 'CPU % of a core', digits: 4, over: 'median' },
    switches: { label: 'context switches per second', digits: 2, over: 'median' },
    lateCpuPercent: { label: 'late CPU %', digits: 4, over: 'median' },
    lateSwitches: { label: 'late context switches per second', digits: 2, over: 'median' },
  },
  together: true,
  goals: () => [
    { metric: 'cpuPercent', of: { label: '0.1 %', value: 0.1 }, sense: 'at most', times: 1 },
    { metric: 'switches', of: { label: '2 per second', value: 2 }, sense: 'at most', times: 1 },
  ],
  measure: async (contender, setting) => {
    const second = setting.quick ? 30 : 1_000;
    const pool = await openPool(contender, new URL('./handlers/increment.js', import.meta.url), setting.threads);
    for (let wave = 0; wave < CALLS.waves; wave++) await callAtOnce(pool, CALLS.wave, (index) => index);
    await setTimeout(16 * second);
    const early = await watch(20 * second);
    await setTimeout(9 * second);
    const late = await watch(20 * second);
    const answer = await pool.call(1);
    if (answer !== 2) throw new Error(`after its rest the pool answered ${String(answer)}`);
    await pool.close();
    return { ...early, lateCpuPercent: late.cpuPercent, lateSwitches: late.switches };
  },
};

async function watch(milliseconds: number): Promise<{ cpuPercent: number; switches: number }> {
  const switchesBefore = contextSwitches();
  const before = performance.now();
  const cpuBefore = process.cpuUsage();
  await setTimeout(milliseconds);
  const cpu = process.cpuUsage(cpuBefore);
  const ms = performance.now() - before;
  const switches = contextSwitches() - switchesBefore;
  return { cpuPercent: (cpu.user + cpu.system) / ms / 10, switches: (switches * 1000) / ms };
}
