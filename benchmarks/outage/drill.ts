import { type ChildProcess, fork } from 'node:child_process';
import { on, once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { FromContender, Served, Settled, ToServer } from './served.js';
import type { Drilled, Terms } from './terms.js';

/** What a contender may need after its last task has come: the longest breaks, the backlog, the closing. */
const LIMIT_AFTER_MS = 300_000;

/** Drills one contender against a server of its own; both are fresh processes, and begin at the same moment. */
export async function drill(drilled: Drilled, terms: Terms): Promise<{ served: Served; settled: Settled }> {
  const server = start('./server.js', [JSON.stringify(terms)]);
  try {
    const said = messages(server);
    const port = await next<number>(said, 'the server');
    const contender = start('./contender.js', [drilled, JSON.stringify(terms), String(port)]);
    try {
      const settled = await drillWith(server, contender, drilled, terms);
      tell(server, 'report');
      return { served: await next<Served>(said, 'the server'), settled };
    } finally {
      // Ended by itself unless something went wrong.
      contender.kill();
    }
  } finally {
    if (server.connected) server.disconnect();
  }
}

async function drillWith(
  server: ChildProcess,
  contender: ChildProcess,
  drilled: Drilled,
  { before, outage, after }: Terms,
): Promise<Settled> {
  const exit = once(contender, 'exit');
  const limit = setTimeout(() => contender.kill('SIGKILL'), (before + outage + after) * 1_000 + LIMIT_AFTER_MS);
  try {
    const said = messages(contender);
    for (;;) {
      const message = await next<FromContender>(said, drilled);
      if (message === 'ready') {
        tell(server, 'begin');
        contender.send('begin');
      } else if (message === 'noticed') {
        tell(server, 'noticed');
      } else {
        const [code, signal] = (await exit) as [number | null, string | null];
        if (code !== 0) throw new Error(`${drilled} ended with ${String(code ?? signal)}`);
        return message;
      }
    }
  } finally {
    clearTimeout(limit);
  }
}

function start(script: string, args: readonly string[]): ChildProcess {
  return fork(fileURLToPath(new URL(script, import.meta.url)), args, { execArgv: [] });
}

function tell(server: ChildProcess, message: ToServer): void {
  server.send(message);
}

/** Kept until they are asked for: two that come together are not lost. */
function messages(child: ChildProcess): AsyncIterator<unknown[], undefined> {
  return on(child, 'message', { close: ['exit'] });
}

async function next<Message>(said: AsyncIterator<unknown[], undefined>, who: string): Promise<Message> {
  const result: IteratorResult<unknown[], undefined> = await said.next();
  if (result.done === true) throw new Error(`${who} ended and had said nothing more`);
  return result.value[0] as Message;
}
