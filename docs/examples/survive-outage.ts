/** A price service is down when 1,000 tasks need it, and is repaired a little later: `node survive-outage.js [--uses]`. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Supervisor } from 'plustwo';

let isDown = true;
const calls = { whileDown: 0, afterwards: 0 };
const server = createServer((_request, response) => {
  calls[isDown ? 'whileDown' : 'afterwards']++;
  response.writeHead(isDown ? 503 : 200).end('9.90');
});
await once(server.listen(0, '127.0.0.1'), 'listening');
const { port } = server.address() as AddressInfo;

const supervisor = new Supervisor({
  dependencies: { prices: { concurrency: 10, breaker: { break: '200ms' } } },
});
let openings = 0;
supervisor.on('circuit', ({ dependency, state }) => {
  console.log(`circuit of ${dependency}: ${state}`);
  if (state === 'open' && ++openings === 2) isDown = false;
});

const module = new URL('./tasks/quote.js', import.meta.url);
const { quote, quoteByUses } = await supervisor.load<typeof import('./tasks/quote.js')>(module);
const ask = process.argv[2] === '--uses' ? quoteByUses : quote;
const urls = Array.from({ length: 1_000 }, (_, article) => `http://127.0.0.1:${port}/prices/${article}`);

let quotes = 0;
for await (const item of ask.map(urls)) {
  if (item.status === 'ok') quotes++;
  else console.error(`${item.input}: ${item.status}:`, item.error);
}
console.log(`${quotes} of ${urls.length} quotes`);
console.log(`${calls.whileDown} calls while the service was down, ${calls.afterwards} afterwards`);

await supervisor.close();
await new Promise((closed) => server.close(closed));
