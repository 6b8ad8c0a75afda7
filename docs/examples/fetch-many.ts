/**
 * Fetches many URLs of a local server: `node fetch-many.js [count]`. The server takes 20 ms for each page, and for every
 * tenth it is busy when first asked.
 */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { Supervisor } from 'plustwo';

const count = Number(process.argv[2] ?? 2_000);
const busyFirst = new Set<string>();
let open = 0;
let mostOpen = 0;

const server = createServer((request, response) => {
  const { url = '/' } = request;
  const isBusy = url.endsWith('7') && !busyFirst.has(url);
  if (isBusy) busyFirst.add(url);
  mostOpen = Math.max(mostOpen, ++open);
  response.once('close', () => open--);
  void wait(20).then(() => response.writeHead(isBusy ? 503 : 200).end(`this is ${url}`));
});
await once(server.listen(0, '127.0.0.1'), 'listening');
const { port } = server.address() as AddressInfo;

const supervisor = new Supervisor();
const module = new URL('./tasks/fetch-page.js', import.meta.url);
const { fetchPage } = await supervisor.load<typeof import('./tasks/fetch-page.js')>(module);

function* urls(): Generator<string> {
  for (let page = 0; page < count; page++) yield `http://127.0.0.1:${port}/pages/${page}`;
}

const sum = { pages: 0, bytes: 0, attempts: 0 };
for await (const item of fetchPage.map(urls(), { ordered: false })) {
  sum.attempts += item.usage.attempts;
  if (item.status === 'ok') {
    sum.pages++;
    sum.bytes += item.value.bytes;
  } else {
    console.error(`${item.input}: ${item.status}:`, item.error);
    process.exitCode = 1;
  }
}

const { threads } = supervisor.snapshot().sizing;
await supervisor.close(); // the threads' connections end with them, so the server can go afterwards
await new Promise((closed) => server.close(closed));

console.log(`${sum.pages} of ${count} pages, ${sum.bytes} bytes, ${sum.attempts} attempts`);
console.log(`up to ${mostOpen} requests at a time from ${threads} threads`);
