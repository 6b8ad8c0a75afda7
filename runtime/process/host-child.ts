import { AsyncLocalStorage } from 'node:async_hooks';
import { type ChildProcess, spawn } from 'node:child_process';
import { Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import { ownDescriptors } from '../ledger/own-descriptors.js';
import { HOST_ENTRY } from '../thread-code.js';
import { BOX_FD, WIRE_FD } from './descriptors.js';
import { hostArguments } from './host-arguments.js';
import { HostOutput } from './host-output.js';

/** How a child process ended. */
export interface ChildEnd {
  readonly exitCode: number | null;
  readonly signal: string | null;
  /** What it printed last. */
  readonly output: string;
  /** Why there never was one. */
  readonly error: unknown;
}

/** Who hears a child process. */
export interface ChildListener {
  data(chunk: Buffer): void;
  /** It is gone, and everything it had written has been heard. */
  ended(end: ChildEnd): void;
}

/**
 * Once a process is gone, what it has written lies in its pipes and is read at once. But somebody it has started may hold the other end open,
 * and no end would ever come.
 */
const LAST_WORDS_MS = 1_000;

/** Keeps nothing of whatever context asked for a child process. */
const outside = AsyncLocalStorage.snapshot();

/**
 * The child process of a host: its start, its pipes, its end. It has a process group of its own, so that Ctrl-C in a terminal does not reach it,
 * and so that what its tasks have started can be ended with it.
 */
export class HostChild {
  readonly #listener: ChildListener;
  readonly #output = new HostOutput();
  #process: ChildProcess | undefined;
  #wire: Socket | undefined;
  #fds: number[] = [];
  #error: unknown;
  #lastWords: NodeJS.Timeout | undefined;
  #isOver = false;
  #isNeeded = false;

  constructor(listener: ChildListener) {
    this.#listener = listener;
  }

  get pid(): number | undefined {
    return this.#process?.pid;
  }

  /** What is sent to it. */
  get wire(): Socket | undefined {
    return this.#wire;
  }

  /**
   * Starts it, with a file it is to have open.
   *
   * @throws what the system throws; there is no process then
   */
  start(boxFd: number, output: 'inherit' | 'stderr'): void {
    outside(() => {
      const child = spawn(process.execPath, [...hostArguments(process.execArgv), fileURLToPath(HOST_ENTRY)], {
        stdio: stdio(boxFd),
        detached: true,
        windowsHide: true,
      });
      this.#process = child;
      child.on('error', (error) => {
        this.#error ??= error;
        // It never was one, and neither exit nor end follow.
        if (child.pid === undefined) this.#over();
      });
      child.once('exit', this.#exited);
      child.once('close', this.#over);
      if (child.pid !== undefined) this.#listen(child, output);
    });
    this.#isNeeded = true;
    this.keepAlive(false);
  }

  /** Whether it keeps this process alive. */
  keepAlive(isNeeded: boolean): void {
    if (isNeeded === this.#isNeeded) return;
    this.#isNeeded = isNeeded;
    if (isNeeded) {
      this.#process?.ref();
      this.#wire?.ref();
    } else {
      this.#process?.unref();
      this.#wire?.unref();
    }
  }

  /** Ends it at once. */
  kill(): void {
    this.#process?.kill('SIGKILL');
  }

  #listen(child: ChildProcess, output: 'inherit' | 'stderr'): void {
    const { stdout, stderr } = child;
    const wire = child.stdio[WIRE_FD] as Socket | null | undefined;
    if (stdout === null || stderr === null || wire === null || wire === undefined) return;
    this.#output.forward(stdout, () => (output === 'stderr' ? process.stderr : process.stdout));
    this.#output.forward(stderr, () => process.stderr);
    this.#wire = wire;
    wire.on('data', (chunk: Buffer) => {
      this.#listener.data(chunk);
    });
    // Its end follows.
    wire.on('error', () => undefined);
    for (const pipe of [stdout, stderr, wire]) {
      // Pipes of a child process are sockets, whatever their type says.
      if (pipe instanceof Socket) pipe.unref();
    }
    this.#fds = [stdout, stderr, wire].map(descriptorOf).filter((fd) => fd !== undefined);
    for (const fd of this.#fds) ownDescriptors.add(fd);
  }

  readonly #exited = (): void => {
    this.#endGroup();
    this.#output.finish();
    this.#lastWords = setTimeout(this.#over, LAST_WORDS_MS);
  };

  readonly #over = (): void => {
    if (this.#isOver) return;
    this.#isOver = true;
    clearTimeout(this.#lastWords);
    this.#output.close();
    this.#wire?.destroy();
    for (const fd of this.#fds) ownDescriptors.delete(fd);
    const { exitCode = null, signalCode: signal = null } = this.#process ?? {};
    this.#listener.ended({ exitCode, signal, output: this.#output.last, error: this.#error });
  };

  /** What its tasks have started and left behind. */
  #endGroup(): void {
    const { pid } = this;
    if (pid === undefined || process.platform === 'win32') return;
    try {
      process.kill(-pid, 'SIGKILL');
    } catch (error) {
      // Nobody was left in it; where only processes are left that are ending, the system refuses.
      if (!['ESRCH', 'EPERM'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
    }
  }
}

function stdio(boxFd: number): ('ignore' | 'pipe' | number)[] {
  const places: ('ignore' | 'pipe' | number)[] = ['ignore', 'pipe', 'pipe'];
  places[WIRE_FD] = 'pipe';
  places[BOX_FD] = boxFd;
  return places;
}

/** Node tells the number of a socket's descriptor nowhere else. */
function descriptorOf(socket: object): number | undefined {
  const { fd } = (socket as { _handle?: { fd?: unknown } | null })._handle ?? {};
  return typeof fd === 'number' && fd >= 0 ? fd : undefined;
}
