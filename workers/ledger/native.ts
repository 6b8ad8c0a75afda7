import type { Attempt } from '../attempt.js';
import { currentAttempt } from '../current.js';
import { nativeMark } from '../protocol/native-mark.js';
import { OwnersWord } from '../protocol/owners.js';
import type { Ledger } from './ledger.js';
import { fstatSync, readdirSync, readlinkSync, statSync } from './native-fs.js';
import { replace } from './replace.js';

const DESCRIPTORS = '/proc/self/fd';
/** Built-in modules that open files below JavaScript, as they stand in Node's list of what it has loaded. */
const NATIVE_BUILTINS = ['NativeModule sqlite', 'NativeModule ffi'];
/** Node's list of what it has loaded; it grows in place. Kept, since looking it up on `process` before every attempt would cost more than all the rest. */
const LOADED = (process as NodeJS.Process & { readonly moduleLoadList?: readonly string[] }).moduleLoadList;

/** An attempt that runs alone, so far, in a process whose threads have native code. */
interface Alone {
  readonly attempt: Attempt;
  /** Attempts started in such threads when it was. */
  readonly started: number;
  readonly descriptors: number;
}

/**
 * Descriptors that native code opens: an addon, or a module of Node's that is one at heart. Nobody is told of them, so they can only be found:
 * by counting the process's descriptors, in threads that have native code, before and after each attempt that nothing of the kind ran beside.
 * What is new then, a regular file, and in nobody's ledger is marked in the table of owners with the number of the attempt's handler. It is
 * no proof: the host may have opened a file in the same moment.
 *
 * Sockets, pipes and the like are never marked: event loops and the host open them all the time.
 */
export class NativeCode {
  readonly #ledger: Ledger;
  readonly #words: Int32Array;
  /** Tells that from now on the running attempts of this thread are counted in the table's header. */
  readonly #armed: () => void;
  #isArmed = false;
  #running = 0;
  #alone: Alone | undefined;
  #builtins = 0;
  /** Descriptors at the last look. */
  #count = -1;
  /** Regular files that were nobody's at the last look, and those that were marked from here: number and link. */
  #known = new Map<number, string>();
  readonly #marked = new Map<number, string>();

  constructor(ledger: Ledger, armed: () => void) {
    this.#ledger = ledger;
    this.#words = ledger.owners.table.words;
    this.#armed = armed;
  }

  /** Follows the loading of addons. */
  track(): void {
    replace(process as unknown as { dlopen: (...args: unknown[]) => unknown }, 'dlopen', (native) => {
      const arm = (): void => {
        this.#arm();
      };
      return function dlopen(this: unknown, ...args: unknown[]): unknown {
        arm();
        return Reflect.apply(native, this, args);
      };
    });
  }

  /** An attempt has been started; to be called before its handler is. */
  started(attempt: Attempt): void {
    if (!this.#isArmed && this.#hasNativeBuiltin()) this.#arm();
    this.#running++;
    if (!this.#isArmed) return;
    const others = Atomics.add(this.#words, OwnersWord.nativeRunning, 1);
    const started = Atomics.add(this.#words, OwnersWord.nativeStarted, 1) + 1;
    this.#alone = others === 0 ? this.#watch(attempt, started | 0) : undefined;
  }

  /** An attempt has ended. */
  ended(attempt: Attempt): void {
    this.#running--;
    if (!this.#isArmed) return;
    const alone = this.#alone;
    if (alone?.attempt === attempt) {
      this.#alone = undefined;
      if (Atomics.load(this.#words, OwnersWord.nativeStarted) === alone.started) this.#compare(alone);
    }
    Atomics.sub(this.#words, OwnersWord.nativeRunning, 1);
  }

  #watch(attempt: Attempt, started: number): Alone {
    const descriptors = count();
    // What came and went since the last look must not be taken for this attempt's.
    if (descriptors !== this.#count) this.#look();
    return { attempt, started, descriptors };
  }

  #compare({ attempt, descriptors }: Alone): void {
    const now = count();
    if (now === descriptors) return;
    const found = this.#look();
    // More than have come: some of them were there before, and which cannot be told.
    if (found.size > now - descriptors) return;
    for (const [fd, link] of found) {
      this.#known.delete(fd);
      this.#marked.set(fd, link);
      this.#ledger.owners.table.claim(fd, nativeMark(link), attempt.handler.task);
    }
  }

  /** Takes a look at the process's descriptors; answers with the files that are nobody's and were not there at the last one. */
  #look(): Map<number, string> {
    const { table } = this.#ledger.owners;
    const open = filesOpen();
    for (const [fd, link] of this.#marked) {
      if (open.get(fd) === link) continue;
      this.#marked.delete(fd);
      table.release(fd, nativeMark(link));
    }
    const nobodys = new Map<number, string>();
    const fresh = new Map<number, string>();
    for (const [fd, link] of open) {
      const owner = table.ownerOf(fd);
      if (owner > 0 || owner === nativeMark(link)) continue;
      nobodys.set(fd, link);
      if (this.#known.get(fd) !== link) fresh.set(fd, link);
    }
    this.#known = nobodys;
    this.#count = count();
    return fresh;
  }

  /** From now on this thread has native code; what runs in it now has been running beside it, or is about to use it. */
  #arm(): void {
    if (this.#isArmed) return;
    this.#isArmed = true;
    this.#armed();
    const others = Atomics.add(this.#words, OwnersWord.nativeRunning, this.#running);
    const started = Atomics.add(this.#words, OwnersWord.nativeStarted, this.#running) + this.#running;
    const attempt = currentAttempt();
    const isAlone = others === 0 && this.#running === 1 && attempt !== undefined && attempt.state !== 'ended';
    if (isAlone) this.#alone = this.#watch(attempt, started | 0);
  }

  #hasNativeBuiltin(): boolean {
    if (LOADED === undefined || LOADED.length === this.#builtins) return false;
    const fresh = LOADED.slice(this.#builtins);
    this.#builtins = LOADED.length;
    return fresh.some((name) => NATIVE_BUILTINS.includes(name));
  }
}

/** How many descriptors the process has; kernels before 6.2 say 0 and are counted. */
function count(): number {
  const size = statSync(DESCRIPTORS, { throwIfNoEntry: false })?.size;
  return size === 0 ? readdirSync(DESCRIPTORS).length - 1 : (size ?? 0);
}

/** Regular files among the process's descriptors, and where they lie. */
function filesOpen(): Map<number, string> {
  const open = new Map<number, string>();
  for (const name of readdirSync(DESCRIPTORS)) {
    const fd = Number(name);
    try {
      if (fstatSync(fd).isFile()) open.set(fd, readlinkSync(`${DESCRIPTORS}/${name}`));
    } catch {
      // The listing's own descriptor, or one that was closed since.
    }
  }
  return open;
}
