import { workerData } from 'node:worker_threads';
import workerpool from 'workerpool';
import { importHandler } from './import-handler.js';

workerpool.worker({ handle: await importHandler(workerData as string) });
