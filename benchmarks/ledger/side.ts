/** The process of one side of a comparison. Arguments: its name, its terms as JSON. What it found goes to the parent. */
import { runCancels } from './cancels.js';
import { measureCost } from './cost.js';
import { loadDescriptors } from './load-descriptors.js';
import { loadMemory } from './load-memory.js';
import { runMixed } from './mixed.js';

const SIDES = {
  cost: measureCost,
  mixed: runMixed,
  cancels: runCancels,
  'load descriptors': loadDescriptors,
  'load memory': loadMemory,
};

export type Sides = typeof SIDES;

const [name, terms = ''] = process.argv.slice(2);
if (name === undefined || !Object.hasOwn(SIDES, name)) throw new Error(`there is no side ${String(name)}`);
const found = await (SIDES[name as keyof Sides] as (given: unknown) => Promise<unknown>)(JSON.parse(terms));
process.send?.(found, () => {
  process.disconnect();
});
