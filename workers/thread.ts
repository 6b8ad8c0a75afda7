import { readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { isMainThread, type MessagePort, threadId } from 'node:worker_threads';
import type { Attempt, AttemptHost } from './attempt.js';
import { BlackBox } from './black-box.js';
import { Capture } from './capture.js';
import { decodeError, encodeError } from './clone.js';
import { serveControl } from './control.js';
import { Dependencies } from './dependencies.js';
import { Faults } from './faults.js';
import type { Growth } from './growth/growth.js';
import { watchGrowth } from './growth/watch.js';
import { Inbox } from './inbox.js';
import { closeLedger } from './ledger/closing.js';
import { Ledger } from './ledger/ledger.js';
import { NativeCode } from './ledger/native.js';
import { OWN } from './ledger/site.js';
import { trackOpenings } from './ledger/track.js';
import { LogRing } from './log-ring.js';
import { logged } from './logged.js';
import { Meter } from './meter.js';
import { Modules } from './modules.js';
import { Outcomes } from './outcomes.js';
import { holderOf } from './protocol/dependencies.js';
import type { HoldingNote } from './protocol/ledger.js';
import type {
  CancelRequest,
  Greeting,
  LogLevel,
  ModuleDescription,
  QuiesceReport,
  ThreadControl,
  Welcome,
} from './protocol/messages.js';
import { PROTOCOL_VERSION } from './protocol/messages.js';
import { type RecorderViews, recorderViews, Word } from './protocol/recorder.js';
import { Resources } from './resources.js';
import { Runner } from './runner.js';

/** One thread of a supervisor, seen from inside: wires the rooms, answers the control channel. */
export class Thread implements ThreadControl, AttemptHost {
  readonly args: unknown;
  readonly resources = new Resources();
  readonly dependencies: Dependencies;
  readonly runner: Runner;
  readonly outcomes: Outcomes;
  /** Undefined where nothing is tracked. */
  readonly ledger: Ledger | undefined;
  readonly #modules: Modules;
  readonly #meter: Meter;
  /** Undefined where nobody wants what is printed and logged. */
  readonly #capture: Capture | undefined;
  readonly #ownsOutput: boolean;

  /** `hear` is called inline for each line that is logged; other threads tell of them. */
  constructor(greeting: Greeting<MessagePort>, hear?: () => void) {
    if (greeting.protocol !== PROTOCOL_VERSION) {
      throw new Error(
        `Expected protocol version ${PROTOCOL_VERSION}, got ${greeting.protocol}; two versions of plustwo are mixed in one installation`,
      );
    }
    const views = recorderViews(greeting.recorder, greeting.entries);
    const area = Buffer.from(views.text.buffer, views.text.byteOffset, views.text.byteLength);
    this.args = greeting.args;
    this.#ownsOutput = !isMainThread;
    this.#modules = new Modules({ slot: greeting.slot, generation: greeting.generation, threadId });
    this.#meter = new Meter(views);
    this.outcomes = new Outcomes(views, area, greeting.cargo, greeting.bell);
    this.#capture = this.#captureLines(greeting, hear);
    this.dependencies = new Dependencies({
      wire: greeting.dependencies,
      holder: holderOf(greeting.slot, greeting.generation),
      say: (message) => {
        this.outcomes.say(message);
      },
    });
    this.ledger = this.#keepLedger(greeting, views);
    const inbox = new Inbox(views, area, greeting.cargo, this);
    this.runner = new Runner({
      views,
      inbox,
      outcomes: this.outcomes,
      meter: this.#meter,
      modules: this.#modules,
      ledger: this.ledger,
      native: this.#watchNative(views),
      growth: this.#watchGrowth(greeting, views, inbox),
      capture: this.#capture,
      faults: greeting.faults === undefined ? undefined : new Faults(greeting.faults),
      box: greeting.box === undefined ? undefined : new BlackBox(greeting.box, greeting.slot, greeting.entries),
    });
    serveControl(control(this), greeting.control);
  }

  welcome(): Welcome {
    return {
      threadId,
      tid: kernelThreadId(),
      clock: performance.now(),
      monotonicMs: Number(process.hrtime.bigint()) / 1e6,
    };
  }

  async describe(href: string): Promise<ModuleDescription> {
    try {
      return await this.#modules.describe(href);
    } catch (error) {
      return { exports: [], failed: encodeError(error) };
    }
  }

  cancel({ entry, id, reason }: CancelRequest): boolean {
    return this.runner.cancel(entry, id, decodeError(reason));
  }

  inspect(): HoldingNote[] {
    return this.ledger?.notes() ?? [];
  }

  /** Cleanups of abandoned attempts first, since they may use resources; then teardowns, since modules opened theirs first; what is open after that nobody closes but us. */
  async quiesce(): Promise<QuiesceReport> {
    const errors = await this.runner.close();
    await this.#modules.settled();
    errors.push(...(await this.resources.close()), ...(await this.#modules.tearDown()));
    const closing = this.ledger === undefined ? undefined : await closeLedger(this.ledger);
    errors.push(...(closing?.errors ?? []));
    this.#meter.close();
    this.#capture?.flush();
    if (this.#ownsOutput) await Promise.all([flushed(process.stdout), flushed(process.stderr)]);
    return { errors: errors.map(encodeError), closed: closing?.closed ?? [], left: closing?.left ?? [] };
  }

  /** A thread's own built-in modules may be patched, the host's never: inline nothing is tracked. */
  #keepLedger({ ledger: terms }: Greeting<MessagePort>, views: RecorderViews): Ledger | undefined {
    if (terms === undefined || isMainThread) return undefined;
    const say: ConstructorParameters<typeof Ledger>[0]['say'] = (message) => {
      this.outcomes.say(message);
    };
    const ledger = new Ledger({ terms, views, say });
    trackOpenings(ledger, { entry: join(OWN, 'nested.cjs'), children: views.children });
    return ledger;
  }

  /** Inline the heap is the host's, and so is the time that a collection takes. */
  #watchGrowth(
    { growth: terms }: Greeting<MessagePort>,
    views: RecorderViews,
    { handlers }: Inbox,
  ): Growth | undefined {
    if (terms === undefined || isMainThread) return undefined;
    const { outcomes } = this;
    return watchGrowth({
      terms,
      views,
      outcomes,
      meter: this.#meter,
      host: this,
      handlers: () => handlers,
      running: () => this.runner.running,
    });
  }

  /** A thread's own outputs may be replaced, the host's never: inline it is only heard what is logged. */
  #captureLines(greeting: Greeting<MessagePort>, hear: (() => void) | undefined): Capture | undefined {
    const { lines, isInspected } = greeting;
    if (lines === undefined) return undefined;
    const tell = (isUrgent: boolean): void => {
      this.outcomes.say({ type: 'lines', isUrgent });
    };
    const capture = new Capture(new LogRing(lines, greeting, hear ?? tell));
    if (!isMainThread) capture.install(process, isInspected);
    return capture;
  }

  #watchNative(views: RecorderViews): NativeCode | undefined {
    if (this.ledger === undefined) return undefined;
    const native = new NativeCode(this.ledger, () => {
      Atomics.store(views.words, Word.native, 1);
    });
    native.track();
    return native;
  }

  progress(attempt: Attempt, fraction: number, note: string | undefined): void {
    this.outcomes.say({ type: 'progress', entry: attempt.entry, id: attempt.id, fraction, note });
  }

  log(attempt: Attempt, level: LogLevel, message: unknown, fields: unknown): void {
    if (this.#capture === undefined) return;
    const { text, fields: told } = logged(message, fields);
    this.#capture.log(attempt, level, text, told);
  }
}

/** Comlink answers calls of whatever it finds on the object, so it gets no more than the control channel's methods. */
function control(thread: Thread): ThreadControl {
  return {
    describe: (href) => thread.describe(href),
    cancel: (request) => thread.cancel(request),
    inspect: () => thread.inspect(),
    quiesce: () => thread.quiesce(),
  };
}

/** What a thread prints travels as messages; terminating it drops those under way. */
function flushed(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => {
    stream.write('', () => {
      resolve();
    });
  });
}

function kernelThreadId(): number | null {
  try {
    // The synchronous form runs on this thread; the asynchronous one would name a thread of libuv's pool.
    return Number(readlinkSync('/proc/thread-self').split('/').at(-1));
  } catch {
    return null;
  }
}
