import { task } from '../../workers/task.js';

/** What Piscina runs, and what both of ours are made of: one call, which fails as the dependency does. */
export default async function callApi(url: string): Promise<void> {
  await get(url);
}

/** The whole attempt uses the dependency. */
export const callByUses = task({ kind: 'io', uses: ['api'] }, (url: string, { signal }) => get(url, signal));

/** Only the call does. */
export const callByContext = task({ kind: 'io' }, (url: string, context) =>
  context.call('api', () => get(url, context.signal)),
);

async function get(url: string, signal?: AbortSignal): Promise<void> {
  const response = await fetch(url, signal === undefined ? {} : { signal });
  // Read to its end, or its connection is not free for the next call.
  await response.arrayBuffer();
  if (!response.ok) throw new Error(`${url} answered ${String(response.status)}`);
}
