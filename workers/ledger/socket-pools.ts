import { subscribe } from 'node:diagnostics_channel';
import type { Socket } from 'node:net';
import type { Attempt } from '../attempt.js';
import { currentAttempt } from '../current.js';

/** What HTTP clients hang on their sockets. */
type Marked = Socket & { readonly _httpMessage?: object | null } & Readonly<Record<symbol, unknown>>;

/** Whose request it is, and which request was last sent on a socket of undici's. */
const requesters = new WeakMap<object, Attempt>();
const sent = new WeakMap<object, object>();

/** Follows who makes requests: a pool may hand a socket from one attempt's request straight to the next one's. */
export function trackRequests(): void {
  const made = (message: unknown): void => {
    const attempt = currentAttempt();
    if (attempt !== undefined) requesters.set((message as { request: object }).request, attempt);
  };
  subscribe('http.client.request.start', made);
  subscribe('undici:request:create', made);
  subscribe('undici:client:sendHeaders', (message) => {
    const { socket, request } = message as { socket: object; request: object };
    sent.set(socket, request);
  });
}

/** Whether the request that a socket works on is somebody else's than its opener's. */
export function isLent(socket: Socket, opener: Attempt | undefined): boolean {
  const request = (socket as Marked)._httpMessage ?? sent.get(socket);
  const requester = request === undefined ? undefined : requesters.get(request);
  return requester !== undefined && requester !== opener;
}

/** Whether a socket waits in a pool for its next request. One whose response was never read to its end is still at work. */
export function isPooled(socket: Socket): boolean {
  return isInAgent(socket as Marked) || isInClient(socket as Marked);
}

/** `http.Agent`, and what extends it: between requests the message is null; `agentRemove` is how an agent lets go of a socket. */
function isInAgent(socket: Marked): boolean {
  return socket._httpMessage === null && socket.listenerCount('agentRemove') > 0;
}

/** undici, the package as well as the one behind `fetch`: the socket leads to its client, which counts its running requests. */
function isInClient(socket: Marked): boolean {
  const client = marked(socket, 'client');
  return typeof client === 'object' && client !== null && marked(client, 'running') === 0;
}

/** The value under the symbol so described, of an object or its prototypes; undefined if there is none. The symbols are each copy's own. */
function marked(holder: object, description: string): unknown {
  for (let at: object | null = holder; at !== null; at = Object.getPrototypeOf(at) as object | null) {
    const symbol = Object.getOwnPropertySymbols(at).find((one) => one.description === description);
    if (symbol !== undefined) return (holder as Record<symbol, unknown>)[symbol];
  }
  return undefined;
}
