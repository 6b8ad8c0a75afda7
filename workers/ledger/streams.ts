import fs from 'node:fs';
import type { Attempt } from '../attempt.js';
import { currentAttempt } from '../current.js';
import { FileHolding } from './files.js';
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
  readonly _readableState?: { readonly pipes?: readonly unknown[] };
  listenerCount(event: string): number;
}

type Done = (error?: Error | null) => void;

interface WritingStream {
  _write(chunk: unknown, encoding: string, done: Done): void;
  _writev(chunks: unknown, done: Done): void;
}

const nextTick = process.nextTick.bind(process);

/**
 * A stream opens its file a tick after it was made, when no frame of the user's is on the stack any more. So the line is noted when it is
 * made, and found again when it opens.
 */
export class Streams {
  readonly #sites = new WeakMap<object, Site>();
  readonly #attempts = new WeakMap<object, Attempt>();
  /** The stream that is opening its file right now. */
  opening: FileStream | undefined;

  /** Where a stream was made, if that was noted. */
  siteOf(stream: object): Site | undefined {
    return this.#sites.get(stream);
  }

  /** Follows the making and opening of file streams, by `fs.createReadStream` and the like as well as by `new`. */
  track(ledger: Ledger): void {
    fs.ReadStream = this.#noting(ledger, fs.ReadStream);
    fs.WriteStream = this.#noting(ledger, fs.WriteStream);
    this.#trackWriting(ledger);
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

  /** While something is being written the attempt is not through with it, and once it is, what became of the file is looked at again. */
  #trackWriting(ledger: Ledger): void {
    const counted = (stream: object, done: Done): Done => {
      const attempt = this.#attempts.get(stream);
      ledger.calls.began(attempt);
      return (error) => {
        try {
          done(error);
        } finally {
          ledger.calls.ended(attempt);
        }
      };
    };
    const prototype = fs.WriteStream.prototype as unknown as WritingStream;
    replace(prototype, '_write', (native) => {
      return function _write(this: WritingStream, chunk: unknown, encoding: string, done: Done): void {
        native.call(this, chunk, encoding, counted(this, done));
      };
    });
    replace(prototype, '_writev', (native) => {
      return function _writev(this: WritingStream, chunks: unknown, done: Done): void {
        native.call(this, chunks, counted(this, done));
      };
    });
  }

  #noting<Class extends typeof fs.ReadStream | typeof fs.WriteStream>(ledger: Ledger, native: Class): Class {
    const sites = this.#sites;
    const attempts = this.#attempts;
    // eslint-disable-next-line @typescript-eslint/no-unsafe-function-type -- the one that was called, for the line above it
    const note = (stream: object, callee: Function): void => {
      const attempt = currentAttempt();
      const site = ledger.site(attempt, callee, FILE_FRAMES);
      if (site !== undefined) sites.set(stream, site);
      if (attempt !== undefined) attempts.set(stream, attempt);
      const { fd } = stream as { fd?: unknown };
      const holding = typeof fd === 'number' ? ledger.at(fd) : undefined;
      if (holding instanceof FileHolding) holding.belongsTo(stream as FileStream);
      // Until the tick in which it opens: an attempt that returns before is not through with it.
      ledger.calls.began(attempt);
      nextTick(() => {
        ledger.calls.ended(attempt);
      });
    };
    function construct(target: Class, args: unknown[], newTarget: unknown): object {
      const stream = Reflect.construct(target, args, newTarget as Class) as object;
      note(stream, construct);
      return stream;
    }
    // Called without `new`, from the time before classes: for a new stream, or on one that inherits the old way.
    function apply(target: Class, self: unknown, args: unknown[]): unknown {
      if (!(self instanceof target)) return construct(target, args, proxy);
      const result: unknown = Reflect.apply(target as unknown as (...args: unknown[]) => unknown, self, args);
      note(self, apply);
      return result;
    }
    const proxy: Class = new Proxy(native, { construct, apply });
    Object.defineProperty(native.prototype, 'constructor', { value: proxy, configurable: true, writable: true });
    return proxy;
  }
}

/**
 * How a stream whose attempt has ended is being used. One that still flows, is still being written, or has another stream at its other end,
 * closes its file by itself.
 */
export function useOf(stream: FileStream): Use {
  if (stream.destroyed) return 'busy';
  return (stream.readableEnded === undefined ? isWriting(stream) : isReading(stream)) ? 'busy' : 'idle';
}

function isReading(stream: FileStream): boolean {
  if (stream.readableEnded === true) return false;
  return stream.readableFlowing === true || (stream._readableState?.pipes?.length ?? 0) > 0;
}

/** Who pipes into a stream listens for the end of that, or for room. */
function isWriting(stream: FileStream): boolean {
  const isFed = stream.listenerCount('unpipe') > 0 || stream.listenerCount('drain') > 0;
  return (
    isFed || (stream.writableLength ?? 0) > 0 || (stream.writableEnded === true && stream.writableFinished === false)
  );
}
