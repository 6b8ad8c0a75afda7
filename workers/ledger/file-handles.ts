import fs from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import type { Attempt } from '../attempt.js';
import { currentAttempt } from '../current.js';
import { NEVER } from './calls.js';
import { FileHolding } from './files.js';
import type { Ledger } from './ledger.js';
import { replace } from './replace.js';
import { FILE_FRAMES, type Site } from './site.js';

/** A file opened by `fs.promises.open`. Its handle is the user's: one that nobody has any more is closed by the garbage collector. */
export class HandleHolding extends FileHolding {
  readonly #handle: WeakRef<FileHandle>;

  constructor(attempt: Attempt | undefined, site: Site | undefined, path: unknown, handle: FileHandle) {
    super(attempt, site, path);
    this.#handle = new WeakRef(handle);
    this.fd = handle.fd;
  }

  override isOpen(): boolean {
    return this.#handle.deref()?.fd === this.fd;
  }

  override async close(): Promise<void> {
    await this.#handle.deref()?.close();
  }
}

/** Follows the handles of `fs.promises.open`. Their closing is counted too: cut off, it leaves the descriptor open for good. */
export function trackFileHandles(ledger: Ledger): void {
  replace(fs.promises, 'open', (native) => {
    function open(this: unknown, ...args: Parameters<typeof native>): Promise<FileHandle> {
      if (ledger.calls.gate === 'shut') return NEVER;
      const attempt = currentAttempt();
      const site = ledger.site(attempt, open, FILE_FRAMES);
      return ledger.calls.opening(attempt, Reflect.apply(native, this, args), (handle) => {
        const holding = new HandleHolding(attempt, site, args[0], handle);
        ledger.add(holding);
        trackClosing(ledger, handle, holding);
      });
    }
    return open;
  });
}

/** Every handle brings a `close` of its own. */
function trackClosing(ledger: Ledger, handle: FileHandle, holding: HandleHolding): void {
  const native = handle.close.bind(handle);
  handle.close = function close(): Promise<void> {
    ledger.remove(holding);
    return ledger.calls.closing(native());
  };
}
