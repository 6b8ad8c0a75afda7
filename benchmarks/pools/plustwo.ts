import { Supervisor } from '../../runtime/index.js';
import type { Pool } from './pool.js';

interface HandlerModule {
  default(input: unknown): unknown;
}

export async function openPlustwo(handler: URL, threads: number, isolation: 'thread' | 'process'): Promise<Pool> {
  const supervisor = new Supervisor({ threads, isolation, maxQueue: 2_000_000 });
  const { default: handle } = await supervisor.load<HandlerModule>(handler);
  return {
    call: (input) => handle(input),
    each: async (inputs, window, seen) => {
      for await (const item of handle.map(inputs, { concurrency: window })) {
        if (item.status !== 'ok') throw new Error(`item ${String(item.index)} ended ${item.status}`);
        seen(item.value);
      }
    },
    close: () => supervisor.close(),
  };
}
