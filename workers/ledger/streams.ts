import fs from 'node:fs';
import { currentAttempt } from '../current.js';
import type { Use } from './holding.js';
import type { Ledger } from './ledger.js';
import { replace } from './replace.js';
import { FILE_FRAMES, type Site } from './site.js';

/** What is looked at of a stream. */
export interface FileStream {
  readonly destroyed: boolean;
  readonly readableFlowing?: boolean | null;
  readonly readableEnded?: boolean;
  readonly writableLength?: number;
  readonly writableEnded?: boolean;
  readonly writableFinished?: boolean;
}

/**
 * A stream opens its file a tick after it was made, when no frame of the user's is on the stack any more. So the line is noted when it is
 * made, and found again when it opens.
 */
export class Streams {
  readonly #sites = new WeakMap<object, Site>();
  /** The stream that is opening its file right now. */
  opening: FileStream | undefined;

  /** Where a stream was made, if that was noted. */
  siteOf(stream: object): Site | undefined {
    return this.#sites.get(stream);
  }

  /** Follows the making and opening of file streams. */
  track(ledger: Ledger): void {
    const sites = this.#sites;
    for (const name of ['createReadStream', 'createWriteStream'] as const) {
      replace(fs, name, (native: (...args: never[]) => object) => {
        function create(this: unknown, ...args: never[]): object {
          const stream = Reflect.apply(native, this, args);
          const attempt = currentAttempt();
          const site = ledger.site(attempt, create, FILE_FRAMES);
          if (site !== undefined) sites.set(stream, site);
          // Until the tick in which it opens: an attempt that returns before is not through with it.
          ledger.began(attempt);
          process.nextTick(() => {
            ledger.ended(attempt);
          });
          return stream;
        }
        return create;
      });
    }
    for (const prototype of [fs.ReadStream.prototype, fs.WriteStream.prototype]) {
      replace(prototype as { _construct(done: () => void): void }, '_construct', (native) => {
        const open = (stream: FileStream, done: () => void): void => {
          this.opening = stream;
          try {
            Reflect.apply(native, stream, [done]);
          } finally {
            this.opening = undefined;
          }
        };
        return function _construct(this: FileStream, done: () => void): void {
          open(this, done);
        };
      });
    }
  }
}

/** How a stream whose attempt has ended is being used. One that still flows, or is still being written, closes its file by itself. */
export function useOf(stream: FileStream): Use {
  if (stream.destroyed) return 'busy';
  const reads = stream.readableFlowing === true && stream.readableEnded === false;
  const writes =
    (stream.writableLength ?? 0) > 0 || (stream.writableEnded === true && stream.writableFinished === false);
  return reads || writes ? 'busy' : 'idle';
}
