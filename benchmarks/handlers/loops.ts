/** Loops that open, read and close, so many times in one task that nothing else weighs. Each gives the bytes it has read. */
import { closeSync, openSync, readSync } from 'node:fs';
import { open, readFile } from 'node:fs/promises';
import { Agent } from 'node:http';
import { request } from './request.js';

export interface Loop {
  /** A file, or the address of a server. */
  readonly from: string;
  readonly times: number;
}

const bytes = Buffer.alloc(64);

export function openReadClose({ from, times }: Loop): number {
  let sum = 0;
  for (let time = 0; time < times; time++) {
    const fd = openSync(from, 'r');
    sum += readSync(fd, bytes, 0, bytes.length, 0);
    closeSync(fd);
  }
  return sum;
}

export async function promisesOpenReadClose({ from, times }: Loop): Promise<number> {
  let sum = 0;
  for (let time = 0; time < times; time++) {
    const handle = await open(from, 'r');
    sum += (await handle.read(bytes, 0, bytes.length, 0)).bytesRead;
    await handle.close();
  }
  return sum;
}

export async function promisesReadFile({ from, times }: Loop): Promise<number> {
  let sum = 0;
  for (let time = 0; time < times; time++) sum += (await readFile(from)).length;
  return sum;
}

const agent = new Agent({ keepAlive: true, maxSockets: 1 });

export async function keepAlive({ from, times }: Loop): Promise<number> {
  let sum = 0;
  for (let time = 0; time < times; time++) sum += await request(from, { agent });
  return sum;
}
