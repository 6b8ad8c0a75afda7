import { parentPort, workerData } from 'node:worker_threads';
import { importHandler } from './import-handler.js';

const handle = await importHandler(workerData as string);
parentPort?.on('message', (input: unknown) => parentPort?.postMessage(handle(input)));
parentPort?.postMessage('ready');
