import type { Socket } from 'node:dgram';
import { subscribe } from 'node:diagnostics_channel';
import type { Attempt } from '../attempt.js';
import { currentAttempt } from '../current.js';
import { addressText } from './address-text.js';
import { Holding, type Use } from './holding.js';
import type { Ledger } from './ledger.js';
import { replace } from './replace.js';
import { type Site, SOCKET_FRAMES } from './site.js';

/** A UDP socket that is bound. */
export class UdpHolding extends Holding {
  readonly resource = 'udp';
  readonly #socket: WeakRef<Socket>;

  constructor(attempt: Attempt | undefined, site: Site | undefined, socket: Socket) {
    super(attempt, site);
    this.#socket = new WeakRef(socket);
  }

  override name(): string | null {
    const socket = this.#socket.deref();
    if (socket === undefined || !this.isOpen()) return null;
    const local = addressText(socket.address());
    const remote = remoteOf(socket);
    return remote === null ? local : `${local ?? ''} -> ${remote}`;
  }

  override isOpen(): boolean {
    const socket = this.#socket.deref();
    return socket !== undefined && handleOf(socket) !== undefined;
  }

  override use(): Use {
    return 'idle';
  }

  override close(): void {
    this.#socket.deref()?.close();
  }
}

/** What Node keeps below a UDP socket. */
interface Handle {
  readonly fd?: number;
  bind: (...args: never[]) => unknown;
  open: (...args: never[]) => unknown;
  close: (...args: never[]) => unknown;
}

/**
 * Follows UDP sockets from their binding, which is when they get a descriptor: on purpose, or with the first message. The site is where they
 * were created. Binding and closing are watched at the handle, which is each socket's own.
 */
export function trackUdp(ledger: Ledger): void {
  subscribe('udp.socket', function created(message) {
    const { socket } = message as { socket: Socket };
    const handle = handleOf(socket);
    if (handle === undefined) return;
    const attempt = currentAttempt();
    follow(ledger, handle, new UdpHolding(attempt, ledger.site(attempt, created, SOCKET_FRAMES), socket));
  });
}

function follow(ledger: Ledger, handle: Handle, holding: UdpHolding): void {
  let isEntered = false;
  for (const name of ['bind', 'open'] as const) {
    replace(handle, name, (native) => {
      function opening(this: Handle, ...args: never[]): unknown {
        const error: unknown = Reflect.apply(native, this, args);
        if (error === 0 && !isEntered) {
          isEntered = true;
          holding.fd = this.fd ?? -1;
          ledger.add(holding);
        }
        return error;
      }
      return opening;
    });
  }
  replace(handle, 'close', (native) => {
    function closing(this: Handle, ...args: never[]): unknown {
      if (isEntered) ledger.remove(holding);
      return Reflect.apply(native, this, args);
    }
    return closing;
  });
}

let stateSymbol: symbol | undefined;

function handleOf(socket: Socket): Handle | undefined {
  stateSymbol ??= Object.getOwnPropertySymbols(socket).find((symbol) => symbol.description === 'state symbol');
  if (stateSymbol === undefined) return undefined;
  return (socket as unknown as Record<symbol, { handle: Handle | null }>)[stateSymbol]?.handle ?? undefined;
}

function remoteOf(socket: Socket): string | null {
  try {
    return addressText(socket.remoteAddress());
  } catch {
    // Throws when it is not connected, which is how most are.
    return null;
  }
}
