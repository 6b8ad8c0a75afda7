import type { Bench } from './harness/bench.js';
import { WORKLOADS } from './ledger/workloads.js';
import { ledgerCancels } from './ledger-cancels.bench.js';
import { ledgerCost } from './ledger-cost.bench.js';
import { ledgerLoad } from './ledger-load.bench.js';
import { ledgerMemoryLoad, type MemoryLoad } from './ledger-memory-load.bench.js';
import { ledgerMixed } from './ledger-mixed.bench.js';

/** How long the benches of the ledger go on. */
export interface Lengths {
  /** Pairs of each workload whose cost is measured. */
  readonly pairs: number;
  /** Tasks of leaking and clean types. */
  readonly tasks: number;
  readonly cancels: number;
  /** Of load with tasks that leave descriptors open. */
  readonly minutes: number;
  readonly memory: MemoryLoad;
}

/** What a regular run has time for, five times over. */
export const SHORT: Lengths = {
  pairs: 2,
  tasks: 1_600,
  cancels: 40,
  minutes: 0.1,
  memory: { minutes: 0, pairs: 1, pairSeconds: 8, heapGrowth: '16M' },
};

export function ledgerBenches({ pairs, tasks, cancels, minutes, memory }: Lengths): Bench[] {
  return [
    ...WORKLOADS.map((workload) => ledgerCost(workload, { pairs })),
    ledgerMixed({ tasks }),
    ledgerCancels({ cancels }),
    ledgerLoad({ minutes }),
    ledgerMemoryLoad(memory),
  ];
}
