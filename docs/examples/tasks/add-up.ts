import { readFile } from 'node:fs/promises';
import { task } from 'plustwo/task';

interface Order {
  readonly id: string;
  readonly cents: number;
}

/** Adds up the orders in a file, which has one JSON object per line. */
export const addUp = task({ retry: { attempts: 2, backoff: '20ms' } }, async (path: string, ctx) => {
  console.log(`reading ${path}`);
  const lines = (await readFile(path, 'utf8')).trimEnd().split('\n');
  let cents = 0;
  for (const [index, line] of lines.entries()) {
    console.log(`cache of customers refreshed for line ${index + 1}`);
    const order = JSON.parse(line) as Order;
    cents += order.cents;
    ctx.log.debug('added an order', { id: order.id, cents: order.cents });
  }
  ctx.log.info('all added up', { orders: lines.length, cents });
  return cents;
});
