import { cpu5ms } from './cpu-5ms.bench.js';
import { cpu5msIsolation } from './cpu-5ms-isolation.bench.js';
import type { Bench } from './harness/bench.js';
import { idle } from './idle.bench.js';
import { io20ms } from './io-20ms.bench.js';
import { ledgerBenches, SHORT } from './ledger-benches.js';
import { logsCostBenches } from './logs-cost.bench.js';
import { logsThroughputBenches } from './logs-throughput.bench.js';
import { loneCall } from './lone-call.bench.js';
import { overloadBenches, SHORT_OVERLOAD } from './overload-benches.js';
import { run500Files } from './run-500-files.bench.js';
import { runOneItem } from './run-one-item.bench.js';
import { runOneItemIsolation } from './run-one-item-isolation.bench.js';
import { sharedObjects } from './shared-objects.bench.js';
import { trivialCalls } from './trivial-calls.bench.js';
import { trivialMap } from './trivial-map.bench.js';
import { trivialMapIsolation } from './trivial-map-isolation.bench.js';

/** In the order of the table. */
export const BENCHES: readonly Bench[] = [
  trivialCalls,
  trivialMap,
  trivialMapIsolation,
  loneCall,
  sharedObjects,
  cpu5ms,
  cpu5msIsolation,
  io20ms,
  idle,
  run500Files,
  runOneItem,
  runOneItemIsolation,
  ...ledgerBenches(SHORT),
  ...overloadBenches(SHORT_OVERLOAD),
  ...logsCostBenches,
  ...logsThroughputBenches,
];
