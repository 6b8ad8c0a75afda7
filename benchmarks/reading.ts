/** The process of one reading. Arguments: bench, contender, setting as JSON. The reading goes to the parent. */
import { BENCHES } from './benches.js';
import type { Setting } from './harness/bench.js';
import type { Contender } from './pools/pool.js';

const [name, contender, setting = ''] = process.argv.slice(2);
const bench = BENCHES.find((candidate) => candidate.name === name);
if (!bench) throw new Error(`there is no bench ${String(name)}`);

const reading = await bench.measure(contender as Contender, JSON.parse(setting) as Setting);
// Only the channel is let go; a contender that leaves something open keeps its process alive, and the run says so.
process.send?.(reading, () => {
  process.disconnect();
});
