/** The process of one contender. Arguments: who, the terms as JSON, the server's port. Sends its tasks when its parent tells it to. */
import { once } from 'node:events';
import { openSender } from './send.js';
import type { FromContender } from './served.js';
import type { Drilled, Terms } from './terms.js';

const [drilled, terms = '', port = ''] = process.argv.slice(2);
const tell = (message: FromContender): void => void process.send?.(message);
const sender = await openSender(
  drilled as Drilled,
  JSON.parse(terms) as Terms,
  (task) => `http://127.0.0.1:${port}/${String(task)}`,
);
const told = once(process, 'message');
tell('ready');
await told;
const settled = await sender.send(() => tell('noticed'));
// Only the channel is let go; a contender that leaves something open keeps its process alive, and the drill says so.
process.send?.(settled, () => {
  process.disconnect();
});
