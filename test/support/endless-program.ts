// A program with work of its own, for a process or a thread: it says that it is up, and goes on when its parent has gone.
import { parentPort } from 'node:worker_threads';

process.on('disconnect', () => undefined);
setInterval(() => undefined, 1_000);
parentPort?.postMessage('up');
process.send?.('up');
