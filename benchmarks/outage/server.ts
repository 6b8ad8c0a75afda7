/**
 * The dependency: an HTTP server in a process of its own that serves, fails for a while, and recovers. It notes every call, so what is told
 * of a drill is what reached it. Arguments: the terms as JSON. It tells its parent the port, does as it is told (`ToServer`), and answers
 * `report` with what it noted.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { monotonicMs } from './monotonic.js';
import type { Served, ToServer } from './served.js';
import type { Terms } from './terms.js';

/** What an answer takes, good or bad: a dependency that is down and answers slowly would only make matters worse for the others. */
const ANSWER_MS = 5;

const terms = JSON.parse(process.argv[2] ?? '') as Terms;
const calls: Served['calls'] = [];
let beganAt = 0;
let failedAt = Infinity;
let recoveredAt = Infinity;
let atOnce = 0;
let mostAtOnce = 0;

const isDown = (): boolean => failedAt !== Infinity && recoveredAt === Infinity;

const server = createServer((request, response) => {
  const served = !isDown();
  calls.push([monotonicMs() - beganAt, Number(request.url?.slice(1)), served ? 1 : 0]);
  mostAtOnce = Math.max(mostAtOnce, ++atOnce);
  void wait(ANSWER_MS).then(() => {
    // Before the answer: who has got it may call again before we hear that it was sent.
    atOnce--;
    response.writeHead(served ? 200 : 503).end();
  });
});
server.keepAliveTimeout = 600_000;
server.listen(0, '127.0.0.1', () => {
  process.send?.((server.address() as AddressInfo).port);
});

const noticed = new Promise<void>((resolve) => {
  process.on('message', (message: ToServer) => {
    if (message === 'noticed') resolve();
  });
});

/** The timers keep no process whose parent is gone; the open port does until then. */
async function goThrough(): Promise<void> {
  beganAt = monotonicMs();
  await wait(terms.before * 1_000, undefined, { ref: false });
  failedAt = monotonicMs() - beganAt;
  await Promise.all([wait(terms.outage * 1_000, undefined, { ref: false }), noticed]);
  recoveredAt = monotonicMs() - beganAt;
}

process.on('message', (message: ToServer) => {
  if (message === 'begin') void goThrough();
  if (message === 'report') process.send?.({ beganAt, failedAt, recoveredAt, mostAtOnce, calls } satisfies Served);
});
process.once('disconnect', () => {
  server.closeAllConnections();
  server.close();
});
