import { subscribe } from 'node:diagnostics_channel';
import net from 'node:net';
import tls from 'node:tls';
import type { Attempt } from '../attempt.js';
import { currentAttempt } from '../current.js';
import { addressText, hostAndPort } from './address-text.js';
import { Holding, type Use } from './holding.js';
import type { Ledger } from './ledger.js';
import { replace } from './replace.js';
import { holdingOf } from './servers.js';
import { type Site, SOCKET_FRAMES } from './site.js';
import { isLent, isPooled, trackRequests } from './socket-pools.js';

/** A connection, made or accepted. */
export class SocketHolding extends Holding {
  readonly resource = 'socket';
  readonly #socket: WeakRef<net.Socket>;
  /** What it was meant to reach; what names it as long as it has no addresses. */
  readonly #target: string | null;

  constructor(attempt: Attempt | undefined, site: Site | undefined, socket: net.Socket, target: string | null) {
    super(attempt, site);
    this.#socket = new WeakRef(socket);
    this.#target = target;
  }

  override name(): string | null {
    const socket = this.#socket.deref();
    if (socket?.localAddress === undefined || socket.remoteAddress === undefined) return this.#target;
    const local = hostAndPort(socket.localAddress, socket.localPort ?? 0);
    return `${local} -> ${hostAndPort(socket.remoteAddress, socket.remotePort ?? 0)}`;
  }

  override isOpen(): boolean {
    const socket = this.#socket.deref();
    return socket !== undefined && handleOf(socket) !== undefined;
  }

  override use(): Use {
    const raw = this.#socket.deref();
    if (raw === undefined) return 'busy';
    // What is done with a connection that TLS was put upon later, is done with the upper one.
    const socket = upper.get(raw)?.deref() ?? raw;
    if (socket.connecting || socket.destroyed || socket.writableEnded) return 'busy';
    return isPooled(socket) || isLent(socket, this.attempt) ? 'pooled' : 'idle';
  }

  override close(): void {
    this.#socket.deref()?.destroy();
  }

  /** The same connection tried once more, with another descriptor. */
  again(): SocketHolding | undefined {
    const socket = this.#socket.deref();
    return socket === undefined ? undefined : new SocketHolding(this.attempt, this.site, socket, this.#target);
  }
}

/** What Node keeps below a socket. */
interface Handle {
  readonly fd?: number;
  /** Of a handle that encrypts: the one that has the descriptor. */
  readonly _parent?: Handle;
}

const followed = new WeakMap<net.Socket, SocketHolding>();
/** The socket that encrypts, by the one it was put upon. */
const upper = new WeakMap<net.Socket, WeakRef<net.Socket>>();

/**
 * Follows connections. Every client ends up in `net.Socket.prototype.connect`, and every end in `_destroy`, which comes before the descriptor
 * is closed; the event `close` would come after, when the number may be somebody else's, and listeners can be seen.
 */
export function trackSockets(ledger: Ledger): void {
  const prototypes = new WeakSet();
  replace(net.Socket.prototype, 'connect', (native) => {
    function connect(this: net.Socket, ...args: unknown[]): unknown {
      const result: unknown = Reflect.apply(native, this, args);
      const handle = handleOf(this);
      const former = followed.get(this);
      if (handle === undefined || (former !== undefined && former.state !== 'closed')) return result;
      const attempt = currentAttempt();
      const holding = new SocketHolding(attempt, ledger.site(attempt, connect, SOCKET_FRAMES), this, targetOf(args));
      followed.set(this, holding);
      // A local socket has its descriptor by now; others get theirs later, once the name of the host has been looked up.
      holding.fd = handle.fd ?? -1;
      ledger.add(holding);
      followHandles(ledger, prototypes, handle);
      return result;
    }
    return connect;
  });
  replace(net.Socket.prototype, '_destroy', (native) => {
    function destroy(this: net.Socket, ...args: unknown[]): unknown {
      const holding = followed.get(this);
      if (holding !== undefined) ledger.remove(holding);
      return Reflect.apply(native, this, args);
    }
    return destroy;
  });
  subscribe('net.server.socket', (message) => {
    accepted(ledger, (message as { socket: net.Socket }).socket);
  });
  followUpper();
  trackRequests();
}

function accepted(ledger: Ledger, socket: net.Socket): void {
  const { server } = socket as net.Socket & { server?: net.Server };
  const parent = server && holdingOf(server);
  const owner = parent === undefined ? currentAttempt() : parent.attempt;
  // A server that has outlived its attempt is told of once; what comes to it afterwards is its own affair.
  const attempt = owner?.state === 'ended' ? undefined : owner;
  const holding = new SocketHolding(attempt, parent?.site, socket, addressText(server?.address()));
  holding.fd = handleOf(socket)?.fd ?? -1;
  followed.set(socket, holding);
  ledger.add(holding);
}

/**
 * Learns descriptors as soon as they exist. Until a connection stands there is no event, and there may be several tries at several addresses,
 * each with a descriptor; but all of them go through methods of the handle's prototype, which can be had only from a handle.
 */
function followHandles(ledger: Ledger, seen: WeakSet<object>, handle: Handle): void {
  const prototype = Object.getPrototypeOf(handle) as Record<string, (...args: never[]) => unknown>;
  if (seen.has(prototype)) return;
  seen.add(prototype);
  for (const name of ['connect', 'connect6']) {
    if (!Object.hasOwn(prototype, name)) continue;
    replace(prototype, name, (native) => {
      function connect(this: Handle, ...args: never[]): unknown {
        const result: unknown = Reflect.apply(native, this, args);
        const owner = ownerOf(this);
        if (owner !== undefined) bind(ledger, owner, this.fd ?? -1);
        return result;
      }
      return connect;
    });
  }
}

function bind(ledger: Ledger, socket: net.Socket, fd: number): void {
  const holding = followed.get(socket);
  if (holding === undefined || holding.fd === fd) return;
  if (holding.fd < 0) {
    ledger.bind(holding, fd);
    return;
  }
  const next = holding.again();
  ledger.remove(holding);
  if (next === undefined) return;
  next.fd = fd;
  followed.set(socket, next);
  ledger.add(next);
}

let ownerSymbol: symbol | undefined;

/** The socket above a handle. */
function ownerOf(handle: Handle): net.Socket | undefined {
  ownerSymbol ??= Object.getOwnPropertySymbols(handle).find((symbol) => symbol.description === 'owner_symbol');
  return ownerSymbol && (handle as Record<symbol, net.Socket>)[ownerSymbol];
}

function handleOf(socket: net.Socket): Handle | undefined {
  const { _handle: handle } = socket as net.Socket & { _handle?: Handle | null };
  return handle?._parent ?? handle ?? undefined;
}

/** Notes which socket is put upon which, as by `tls.connect({ socket })` through a proxy. */
function followUpper(): void {
  const prototype = tls.TLSSocket.prototype as unknown as { _wrapHandle?: (...args: unknown[]) => unknown };
  if (prototype._wrapHandle === undefined) return;
  replace(prototype as Required<typeof prototype>, '_wrapHandle', (native) => {
    function wrapHandle(this: tls.TLSSocket, ...args: unknown[]): unknown {
      const [lower] = args;
      if (lower instanceof net.Socket) upper.set(lower, new WeakRef(this));
      return Reflect.apply(native, this, args);
    }
    return wrapHandle;
  });
}

/** What `connect` was told to reach, in any of the ways it can be told. */
function targetOf(args: readonly unknown[]): string | null {
  // Node passes its arguments on in an array, once they are in order.
  const [first, second] = (Array.isArray(args[0]) ? args[0] : args) as unknown[];
  if (typeof first === 'object' && first !== null) {
    const { path, host, port } = first as Partial<net.TcpSocketConnectOpts & net.IpcSocketConnectOpts>;
    return path ?? (port === undefined ? null : hostAndPort(host ?? 'localhost', port));
  }
  if (typeof first === 'string' && !(Number(first) >= 0)) return first;
  return hostAndPort(typeof second === 'string' ? second : 'localhost', String(first));
}
