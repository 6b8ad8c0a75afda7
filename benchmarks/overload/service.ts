import { setImmediate as nextTurn } from 'node:timers';
import { fileURLToPath } from 'node:url';
import spin from '../handlers/spin.js';
import type { Contender } from '../pools/pool.js';

export const OVERLOAD_CONTENDERS = [
  'plustwo',
  'piscina auto queue',
  'piscina endless queue',
  'Promise.all',
] as const satisfies readonly Contender[];

/** What requests are sent to, each to do the same piece of work. */
export interface Service {
  /** Requests that may wait, those apart that run. */
  readonly queue: number;
  call(steps: number): Promise<unknown>;
  /** Whether an error says that there are too many requests, as this contender says it. */
  isRefusal(error: unknown): boolean;
  /** Ends it at once, whatever is left. */
  close(): Promise<unknown>;
}

const HANDLER = new URL('../handlers/spin.js', import.meta.url);
/** Enough for a third of a second, on the machine this was written on. */
const QUEUE_PER_THREAD = 32;

export async function openService(contender: Contender, threads: number): Promise<Service> {
  switch (contender) {
    case 'plustwo':
      return openPlustwo(threads);
    case 'piscina auto queue':
      return openPiscina(threads, 'auto');
    case 'piscina endless queue':
      return openPiscina(threads, Number.POSITIVE_INFINITY);
    case 'Promise.all':
      return startAll();
    default:
      throw new Error(`${contender} is not among those that are overloaded`);
  }
}

async function openPlustwo(threads: number): Promise<Service> {
  const { Supervisor, QueueFullError } = await import('../../runtime/index.js');
  const queue = QUEUE_PER_THREAD * threads;
  const supervisor = new Supervisor({ threads, maxQueue: queue });
  const { default: call } = await supervisor.load<typeof import('../handlers/spin.js')>(HANDLER);
  return {
    queue,
    call: (steps) => call(steps),
    isRefusal: (error) => error instanceof QueueFullError && error.code === 'PLUSTWO_QUEUE_FULL',
    close: () => supervisor.close({ timeout: 0 }),
  };
}

async function openPiscina(threads: number, maxQueue: number | 'auto'): Promise<Service> {
  const { Piscina } = await import('piscina');
  const filename = fileURLToPath(HANDLER);
  const pool = new Piscina<number, unknown>({ filename, minThreads: threads, maxThreads: threads, maxQueue });
  return {
    queue: maxQueue === 'auto' ? threads ** 2 : maxQueue,
    call: (steps) => pool.run(steps),
    isRefusal: (error) => error instanceof Error && error.message === 'Task queue is at limit',
    close: () => pool.destroy(),
  };
}

/** No pool and no limit: every request is begun, as `Promise.all` over whatever comes does it. */
function startAll(): Service {
  let isOver = false;
  return {
    queue: Number.POSITIVE_INFINITY,
    call: (steps) =>
      new Promise((resolve) => {
        nextTurn(() => {
          if (!isOver) resolve(spin(steps));
        });
      }),
    isRefusal: () => false,
    close: async () => {
      isOver = true;
      await Promise.resolve();
    },
  };
}
