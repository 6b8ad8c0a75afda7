import { readFile, rm, writeFile } from 'node:fs/promises';
import { Agent } from 'node:http';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { task } from '../../workers/task.js';
import { request } from './request.js';
import spin from './spin.js';

export const cpu = task({ kind: 'cpu' }, (steps: number) => spin(steps));

export const io = task({ kind: 'io' }, (milliseconds: number, { signal }) => wait(milliseconds, undefined, { signal }));

const agent = new Agent({ keepAlive: true });

export const http = task({ kind: 'io', retry: { attempts: 2, backoff: '10ms' } }, (address: string, { signal }) =>
  request(address, { agent, signal }),
);

/** Writes a file of its own, reads it and takes it away. */
export const files = task({ kind: 'io', retry: { attempts: 2, backoff: '10ms' } }, async (folder: string, ctx) => {
  const file = join(folder, `${String(ctx.id)}-${String(ctx.attempt)}`);
  ctx.defer(() => rm(file, { force: true }));
  await writeFile(file, `task ${String(ctx.id)}`);
  return (await readFile(file)).length;
});
