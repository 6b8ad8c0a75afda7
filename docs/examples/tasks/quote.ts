/** Asks a price service, in the two ways in which a task can depend on one. */
import { type TaskContext, task } from 'plustwo/task';

async function ask(url: string, ctx: TaskContext): Promise<{ isKnown: boolean; text: string }> {
  const response = await fetch(url, { signal: ctx.signal });
  const text = await response.text();
  // The service has failed. "No such thing" is an answer, and thrown here would count against the service too.
  if (response.status >= 500) throw new Error(`${url} answered ${String(response.status)}`);
  return { isKnown: response.ok, text };
}

/** Only the call counts. */
export const quote = task({ kind: 'io', timeout: '10s', retry: { attempts: 5 } }, async (url: string, ctx) => {
  const { isKnown, text } = await ctx.call('prices', () => ask(url, ctx));
  return isKnown ? `${text} EUR` : 'not for sale';
});

/** The whole attempt counts: it is not sent to a thread before the service may be called. */
export const quoteByUses = task(
  { kind: 'io', timeout: '10s', retry: { attempts: 5 }, uses: ['prices'] },
  async (url: string, ctx) => {
    const { isKnown, text } = await ask(url, ctx);
    return isKnown ? `${text} EUR` : 'not for sale';
  },
);
