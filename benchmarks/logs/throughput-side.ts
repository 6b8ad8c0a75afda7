/** The process of one contender. Argument: the terms as JSON. The reading goes to the parent. */
import { contend, type ThroughputTerms } from './throughput.js';

const reading = await contend(JSON.parse(process.argv[2] ?? '') as ThroughputTerms);
process.send?.(reading, () => {
  process.disconnect();
});
