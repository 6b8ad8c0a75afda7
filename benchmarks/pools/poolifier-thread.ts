import { workerData } from 'node:worker_threads';
import { ThreadWorker } from 'poolifier';
import { importHandler } from './import-handler.js';

const handle = await importHandler(workerData as string);
export const worker = new ThreadWorker<unknown, unknown>((input) => handle(input));
