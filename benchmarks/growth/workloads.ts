import type * as Healthy from '../handlers/growth/healthy.js';
import type * as Leaking from '../handlers/growth/leaking.js';

/** A task, or several that take turns, whose thread is watched. */
export interface Workload {
  readonly name: string;
  readonly tasks: number;
  /** Undefined when nothing leaks. */
  readonly leak: keyof typeof Leaking | undefined;
  /** Runs where the leaking task does not. */
  readonly healthy: readonly (keyof typeof Healthy)[];
}

const LEAKS: readonly (keyof typeof Leaking)[] = [
  'crumbs',
  'listeners',
  'objects',
  'timers',
  'closures',
  'maps',
  'buffers',
];

const HEALTHY: readonly (keyof typeof Healthy)[] = [
  'garbage',
  'bufferGarbage',
  'newestCache',
  'wideCache',
  'keyedCache',
  'sawTooth',
  'bursts',
  'bufferPool',
  'interning',
  'lateModule',
  'templates',
  'tidy',
];

/** Within so many tasks a leak has to be found. */
export const LIMIT = 5_000;

/** The healthy ones run longer: what was called a leak too early has to be taken back. */
export const WORKLOADS: readonly Workload[] = [
  ...LEAKS.map((leak) => ({ name: leak, tasks: LIMIT, leak, healthy: [] })),
  {
    name: 'amongOthers',
    tasks: LIMIT,
    leak: 'amongOthers',
    healthy: ['garbage', 'bufferGarbage', 'templates', 'tidy'],
  },
  ...HEALTHY.map((one) => ({ name: one, tasks: 1.5 * LIMIT, leak: undefined, healthy: [one] })),
];
