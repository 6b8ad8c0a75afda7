import { join } from 'node:path';
import { threadId } from 'node:worker_threads';
import type { ResourceKind, Standing } from '../../workers/protocol/ledger.js';

/** Where openers find what they open: files of their own, and servers in another process, so that nothing of theirs is open in this one. */
export interface Place {
  /** A folder to write into. */
  readonly folder: string;
  /** A file with something in it. */
  readonly file: string;
  /** A named pipe; undefined where there is none. */
  readonly fifo: string | undefined;
  readonly tcp: number;
  readonly unix: string;
  readonly tls: number;
  readonly http: number;
  /** The same, where nobody has a pooled connection to. */
  readonly otherHttp: number;
  readonly https: number;
  readonly http2: number;
  /** Takes questions and never answers. */
  readonly dns: number;
}

/** What an opener is expected to be told as. Its line is the one that ends with `// opens`. */
export interface Expectation {
  /** As the table of what is tracked calls it. */
  readonly title: string;
  /** Null for what only the kernel shows. */
  readonly resource: ResourceKind | null;
  /** How it stands once its attempt has ended; `unattributed` for what only the kernel shows. */
  readonly standing: Exclude<Standing, 'open'> | 'unattributed';
  /** What is found in `path`, or in the link of what is unattributed. */
  readonly named: (place: Place) => string;
  /** How many such things one attempt leaves. */
  readonly count?: number;
  /** False where no frame of the user's is on the stack when it opens. */
  readonly line?: false;
  /** It stays in the process when its thread is gone: nothing but the end of the process closes it. */
  readonly outlives?: true;
  /** False where this Node does not have it. */
  readonly available?: boolean;
}

const held = new Set<unknown>();

/** Keeps something for as long as the thread lives, so that garbage collection does not close it. */
export function keep<Thing>(thing: Thing): Thing {
  held.add(thing);
  return thing;
}

const key = Buffer.from('a key that both sides know');

/** TLS without certificates. */
export const CLIENT_TLS = {
  ciphers: 'PSK',
  maxVersion: 'TLSv1.2',
  checkServerIdentity: () => undefined,
  pskCallback: () => ({ psk: key, identity: 'client' }),
} as const;

/** The other side of it. */
export const SERVER_TLS = { ciphers: 'PSK', maxVersion: 'TLSv1.2', pskCallback: () => key } as const;

let paths = 0;

/** A path that no other call has given, in this thread or another; it contains `folder` and `name`. */
export function freshPath(folder: string, name: string): string {
  return join(folder, `${name}.${threadId}.${++paths}`);
}
