/** Fetches one URL. It waits most of its time, so many of these share a thread. */
import { createHash } from 'node:crypto';
import { task } from 'plustwo/task';

export interface Page {
  url: string;
  bytes: number;
  sha256: string;
}

export const fetchPage = task(
  { kind: 'io', timeout: '10s', retry: { attempts: 4, backoff: '20ms', on: ['UnavailableError', 'timed-out'] } },
  async (url: string, context): Promise<Page> => {
    const response = await fetch(url, { signal: context.signal });
    const body = Buffer.from(await response.arrayBuffer());
    if (response.status === 503) throw Object.assign(new Error(`${url} is busy`), { name: 'UnavailableError' });
    if (!response.ok) throw new Error(`${url} answered ${String(response.status)}`);
    return { url, bytes: body.length, sha256: createHash('sha256').update(body).digest('hex') };
  },
);
