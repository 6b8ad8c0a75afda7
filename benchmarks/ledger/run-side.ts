import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Sides } from './side.js';

const SIDE = fileURLToPath(new URL('./side.js', import.meta.url));

/**
 * Runs one side of a comparison in a process of its own: descriptors, heap and CPU of the process are its own then, and what a pool leaves
 * behind goes with the process. It has no limit in time: some run for minutes because they are asked to.
 */
export async function runSide<Name extends keyof Sides>(
  name: Name,
  terms: Parameters<Sides[Name]>[0],
): Promise<Awaited<ReturnType<Sides[Name]>>> {
  const child = fork(SIDE, [name, JSON.stringify(terms)], { execArgv: [] });
  let found: unknown;
  child.once('message', (message) => {
    found = message;
  });
  const [code, signal] = (await once(child, 'exit')) as [number | null, string | null];
  if (found === undefined || code !== 0) throw new Error(`${name} ended with ${String(code ?? signal)}`);
  return found as Awaited<ReturnType<Sides[Name]>>;
}
