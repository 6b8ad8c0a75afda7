import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Piscina } from 'piscina';
import { Supervisor } from '../../runtime/index.js';
import type { Endless } from '../handlers/read-for-ever.js';
import { callInWindow } from '../pools/window.js';
import { descriptorLinks } from './descriptors.js';

export interface CancelTerms {
  readonly pool: 'plustwo' | 'piscina';
  readonly file: string;
  readonly threads: number;
  readonly cancels: number;
}

export interface CancelsFound {
  /** Descriptors of the file that are open after everything was closed. */
  readonly lost: number;
  /** From the cancel to the rejection, mean. */
  readonly endedMs: number;
}

interface Cancellable {
  run(input: Endless, signal: AbortSignal): Promise<unknown>;
  close(): Promise<unknown>;
}

const HANDLER = new URL('../handlers/read-for-ever.js', import.meta.url);
/** The longest a loop runs before it is cancelled. */
const LONGEST_MS = 30;

/** Cancels tasks that loop through `fs.promises` calls, each at a random moment, and counts what stays open for good. */
export async function runCancels({ pool, file, threads, cancels }: CancelTerms): Promise<CancelsFound> {
  const opened = pool === 'plustwo' ? await openSupervisor(threads) : openPiscina(threads);
  let endedMs = 0;
  await callInWindow(
    async () => {
      endedMs += await cancelOne(opened, file);
    },
    Array<undefined>(cancels).fill(undefined),
    threads,
    () => undefined,
  );
  await opened.close();
  return { lost: descriptorLinks().get(file) ?? 0, endedMs: endedMs / cancels };
}

/** Milliseconds from the cancel to the rejection. */
async function cancelOne(pool: Cancellable, file: string): Promise<number> {
  const abort = new AbortController();
  const running = new Int32Array(new SharedArrayBuffer(4));
  const ended = pool.run({ file, running }, abort.signal).then(
    () => {
      throw new Error('a loop without an end has ended');
    },
    (error: unknown) => {
      if (!abort.signal.aborted) throw error;
    },
  );
  // Rejections count when they are awaited below, after the cancel.
  ended.catch(() => undefined);
  while (Atomics.load(running, 0) === 0) await Promise.race([setTimeout(1), ended]);
  await setTimeout(Math.random() * LONGEST_MS);
  const before = performance.now();
  abort.abort();
  await ended;
  return performance.now() - before;
}

async function openSupervisor(threads: number): Promise<Cancellable> {
  // The handler heeds no signal, so a grace would only be waited through.
  const supervisor = new Supervisor({ threads, grace: 1 });
  const { default: handle } = await supervisor.load<typeof import('../handlers/read-for-ever.js')>(HANDLER);
  return {
    run: (input, signal) => handle(input, { signal }),
    close: () => supervisor.close(),
  };
}

function openPiscina(threads: number): Cancellable {
  const pool = new Piscina<Endless, unknown>({
    filename: fileURLToPath(HANDLER),
    minThreads: threads,
    maxThreads: threads,
    idleTimeout: Infinity,
  });
  return { run: (input, signal) => pool.run(input, { signal }), close: () => pool.destroy() };
}
