import { subscribe } from 'node:diagnostics_channel';
import type { Server as HttpServer } from 'node:http';
import net from 'node:net';
import type { Attempt } from '../attempt.js';
import { currentAttempt } from '../current.js';
import { addressText } from './address-text.js';
import { Holding, type Use } from './holding.js';
import type { Ledger } from './ledger.js';
import { replace } from './replace.js';
import { type Site, SOCKET_FRAMES } from './site.js';

/** A server that listens: on TCP or a local socket, and whatever it speaks. */
export class ServerHolding extends Holding {
  readonly resource = 'server';
  readonly #server: WeakRef<net.Server>;

  constructor(attempt: Attempt | undefined, site: Site | undefined, server: net.Server) {
    super(attempt, site);
    this.#server = new WeakRef(server);
  }

  override name(): string | null {
    return addressText(this.#server.deref()?.address());
  }

  override isOpen(): boolean {
    return this.#server.deref()?.listening === true;
  }

  override use(): Use {
    return 'idle';
  }

  /** Its connections are not waited for: those that are still open are holdings of their own. */
  override close(): void {
    const server = this.#server.deref() as (net.Server & Partial<HttpServer>) | undefined;
    server?.close();
    server?.closeAllConnections?.();
  }
}

/** Who called `listen` and where, by server; until it listens there is nothing to enter. */
interface Intent {
  readonly attempt: Attempt | undefined;
  readonly site: Site | undefined;
}

const intents = new WeakMap<net.Server, Intent>();
const listening = new WeakMap<net.Server, ServerHolding>();

/** The holding of a server that listens; its connections belong to whom it belongs to. */
export function holdingOf(server: net.Server): ServerHolding | undefined {
  return listening.get(server);
}

/**
 * Follows servers from the moment they listen. Only the call of `listen` has the user's line on its stack; Node listens in that call, or
 * later, when the name of the host has been looked up.
 */
export function trackServers(ledger: Ledger): void {
  replace(net.Server.prototype, 'listen', (native) => {
    function listen(this: net.Server, ...args: unknown[]): unknown {
      // An attempt to listen twice throws; the holding of the first one stays as it is.
      if (!this.listening) {
        const attempt = currentAttempt();
        intents.set(this, { attempt, site: ledger.site(attempt, listen, SOCKET_FRAMES) });
      }
      return Reflect.apply(native, this, args);
    }
    return listen;
  });
  replace(net.Server.prototype, 'close', (native) => {
    function close(this: net.Server, ...args: unknown[]): unknown {
      const holding = listening.get(this);
      if (holding !== undefined) ledger.remove(holding);
      return Reflect.apply(native, this, args);
    }
    return close;
  });
  subscribe('tracing:net.server.listen:asyncEnd', (message) => {
    enter(ledger, (message as { server: net.Server }).server);
  });
}

function enter(ledger: Ledger, server: net.Server): void {
  const { attempt, site } = intents.get(server) ?? { attempt: currentAttempt(), site: undefined };
  intents.delete(server);
  const holding = new ServerHolding(attempt, site, server);
  holding.fd = descriptorOf(server);
  listening.set(server, holding);
  ledger.add(holding);
}

function descriptorOf(server: net.Server): number {
  const { _handle: handle } = server as net.Server & { _handle?: { fd?: number } | null };
  return handle?.fd ?? -1;
}
