import type { AddressInfo } from 'node:net';

/** An address as people write it; the path of a local socket; null for none. */
export function addressText(address: AddressInfo | string | null | undefined): string | null {
  if (address === null || address === undefined) return null;
  return typeof address === 'string' ? address : hostAndPort(address.address, address.port);
}

/** `host:port`, the host in brackets if it has colons of its own. */
export function hostAndPort(host: string, port: number | string): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}
