import { fileURLToPath } from 'node:url';
import pRetry from 'p-retry';
import { Piscina } from 'piscina';
import { Supervisor } from '../../runtime/index.js';
import { monotonicMs } from './monotonic.js';
import type { Settled } from './served.js';
import { comingTasks } from './source.js';
import { ATTEMPTS, type Drilled, type Terms } from './terms.js';

type Handlers = typeof import('../handlers/call-api.js');

/** Something that is ready to send its tasks to the dependency. */
export interface Sender {
  /** Resolves when every task is settled and everything is closed. `onNoticed` is called when the circuit opens, or at once without one. */
  send(onNoticed: () => void): Promise<Settled>;
}

const HANDLERS = new URL('../handlers/call-api.js', import.meta.url);

/** Opens a contender; `urlOf` says whom to call for a task. */
export function openSender(drilled: Drilled, terms: Terms, urlOf: (task: number) => string): Promise<Sender> {
  switch (drilled) {
    case 'plustwo, uses':
      return openSupervisor('callByUses', terms, urlOf);
    case 'plustwo, ctx.call':
      return openSupervisor('callByContext', terms, urlOf);
    case 'Piscina + p-retry':
      return openPiscina(terms, urlOf);
  }
}

async function openSupervisor(
  name: 'callByUses' | 'callByContext',
  terms: Terms,
  urlOf: (task: number) => string,
): Promise<Sender> {
  const { threads, isolation, concurrency } = terms;
  const supervisor = new Supervisor({ threads, isolation, dependencies: { api: { concurrency } } });
  const changes: { at: number; state: 'closed' | 'open' | 'half-open' }[] = [];
  supervisor.on('circuit', ({ state }) => changes.push({ at: monotonicMs(), state }));
  const { [name]: handle, default: callApi } = await supervisor.load<Handlers>(HANDLERS);
  await warmUp(callApi, threads);
  return {
    send: async (onNoticed) => {
      supervisor.on('circuit', ({ state }) => {
        if (state === 'open') onNoticed();
      });
      let ok = 0;
      const failed: [number, string][] = [];
      const retry = { attempts: ATTEMPTS };
      for await (const item of handle.map(urls(terms, urlOf), { ordered: false, retry })) {
        if (item.status === 'ok') ok++;
        else failed.push([item.index, codeOf(item.error)]);
      }
      const endedAt = monotonicMs();
      await supervisor.close();
      return { ok, failed, changes, endedAt };
    },
  };
}

async function* urls(terms: Terms, urlOf: (task: number) => string): AsyncGenerator<string> {
  for await (const task of comingTasks(terms)) yield urlOf(task);
}

/** Both at their defaults, as their pages show them: a task is tried again a second later, then two. */
async function openPiscina(terms: Terms, urlOf: (task: number) => string): Promise<Sender> {
  const { threads } = terms;
  const pool = new Piscina<string, void>({
    filename: fileURLToPath(HANDLERS),
    minThreads: threads,
    maxThreads: threads,
    idleTimeout: Infinity,
  });
  await warmUp((url) => pool.run(url), threads);
  return {
    send: async (onNoticed) => {
      onNoticed();
      let ok = 0;
      const failed: [number, string][] = [];
      const sent: Promise<void>[] = [];
      for await (const task of comingTasks(terms)) {
        const settled = pRetry(() => pool.run(urlOf(task)), { retries: ATTEMPTS - 1 });
        sent.push(
          settled.then(
            () => void ok++,
            (error: unknown) => void failed.push([task, codeOf(error)]),
          ),
        );
      }
      await Promise.all(sent);
      const endedAt = monotonicMs();
      await pool.destroy();
      return { ok, failed, changes: [], endedAt };
    },
  };
}

/** Brings the threads up before the drill begins. It calls nobody: the server would count it, and a breaker too. */
async function warmUp(call: (url: string) => Promise<void>, threads: number): Promise<void> {
  await Promise.all(Array.from({ length: 8 * threads }, () => call('data:,')));
}

function codeOf(error: unknown): string {
  const { code, name } = error as { code?: unknown; name?: unknown };
  return typeof code === 'string' ? code : String(name);
}
