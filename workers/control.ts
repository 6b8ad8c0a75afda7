import type { MessagePort } from 'node:worker_threads';
import * as comlink from 'comlink';
import type { ThreadControl } from './protocol/messages.js';

/** Serves the control channel. Raw ports of Node are handed over: comlink's adapter for Node would never close them. */
export function serveControl(control: ThreadControl, port: MessagePort): void {
  comlink.expose(control, port);
}
