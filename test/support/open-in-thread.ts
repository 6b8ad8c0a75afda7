// Runs in a thread that a task started: opens a file and goes on.
import { openSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';

openSync(workerData as string, 'r');
setInterval(() => undefined, 1_000);
parentPort?.postMessage('opened');
