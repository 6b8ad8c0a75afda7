import type { Socket } from 'node:net';
import type { ByteReader } from './byte-reader.js';
import { FrameReader } from './frame-reader.js';
import { HostLines } from './host-lines.js';
import { HostedWork } from './hosted-work.js';
import { Outbox } from './outbox.js';
import { packOutcome, type ReadyOutcome } from './outcome-records.js';
import { Unreadable } from './packed-value.js';
import { markError } from './revive.js';
import { serialize } from './serialize.js';
import { TaskUnpacker } from './task-records.js';
import { HOST_VERSION, type HostedTask, type HostMessage, type ToHost } from './wire.js';

/**
 * The child's end of the wire: what the supervisor says is done, what comes of it is told. When the wire ends unasked the supervisor is gone,
 * whatever ended it; then so are its tasks, as they would be if they had run in its own process.
 */
export class Host {
  readonly #wire: Socket;
  readonly #outbox: Outbox;
  readonly #lines: HostLines;
  readonly #unpacker = new TaskUnpacker();
  #work: HostedWork | undefined;
  /** Tasks that have come so far. Wraps at 32 bits, like the supervisor's own count of those it sent. */
  #received = 0;
  #isEnding = false;

  constructor(wire: Socket) {
    this.#wire = wire;
    // Outcomes come from many threads in one turn of the event loop; they leave together at its end.
    this.#outbox = new Outbox(wire, setImmediate, () => [this.#work?.waiting ?? 0, this.#received]);
    this.#lines = new HostLines(this.#outbox);
    const reader = new FrameReader({
      numbers: () => undefined,
      message: (message) => {
        this.#heard(message as ToHost);
      },
      records: (records) => {
        this.#took(records);
      },
    });
    wire.on('data', (chunk) => {
      reader.take(chunk);
    });
    wire.on('drain', () => {
      this.#lines.tellLost();
    });
    // Its end follows.
    wire.on('error', () => undefined);
    wire.on('end', this.#orphaned);
    wire.on('close', this.#orphaned);
  }

  #took(records: ByteReader): void {
    const work = this.#working();
    const now = performance.now();
    while (!records.isAtEnd) {
      const task = this.#unpacker.unpack(records);
      this.#received = (this.#received + 1) | 0;
      if (task.input instanceof Unreadable) this.#refused(task, task.input.error);
      else work.submit(task, now);
    }
  }

  /** Its input cannot be read; it was never a task here. */
  #refused({ id, attemptsStarted: attempts }: HostedTask, error: unknown): void {
    const bytes = serialize(markError(error));
    const none = { last: undefined, isLastNew: false, leaked: undefined, value: undefined };
    this.#settled({ id, outcome: 'failed', attempts, bytes, ...none });
  }

  #heard(message: ToHost): void {
    switch (message.type) {
      case 'hello':
        this.#greeted(message);
        return;
      case 'introduce':
        this.#working().types.introduce(message.task);
        return;
      case 'cancel':
        this.#working().cancel(message);
        return;
      case 'describe':
        this.#answer(message.request, async () => ({
          type: 'described',
          request: message.request,
          description: await this.#working().describe(message.href),
        }));
        return;
      case 'inspect':
        this.#answer(message.request, async () => ({
          type: 'inspected',
          request: message.request,
          inspection: await this.#working().inspect(),
        }));
        return;
      case 'reject-unstarted':
        this.#working().engine.rejectUnstarted();
        return;
      case 'abort-all':
        this.#working().engine.abortAll();
        return;
      case 'end':
        void this.#end();
        return;
    }
  }

  #greeted({ version, settings, box }: Extract<ToHost, { type: 'hello' }>): void {
    if (version !== HOST_VERSION) {
      throw new Error(
        `Expected version ${HOST_VERSION} of the wire between processes, got ${version}; plustwo was replaced while it ran`,
      );
    }
    this.#work = new HostedWork(settings, box, {
      say: (message) => {
        this.#say(message);
      },
      settled: (outcome) => {
        this.#settled(outcome);
      },
      lines: (lines, lost) => {
        this.#lines.take(lines, lost);
      },
    });
    this.#say({ type: 'ready' });
    this.#work.start();
  }

  #working(): HostedWork {
    if (this.#work === undefined) throw new Error('a host was spoken to before it was greeted');
    return this.#work;
  }

  #answer(request: number, find: () => Promise<HostMessage>): void {
    find().then(
      (answer) => {
        this.#say(answer);
      },
      (error: unknown) => {
        this.#say({ type: 'failed', request, error: markError(error) });
      },
    );
  }

  #settled(outcome: ReadyOutcome): void {
    this.#lines.tellLost();
    this.#outbox.record(packOutcome, outcome);
  }

  #say(message: HostMessage): void {
    this.#lines.tellLost();
    this.#outbox.message(message);
  }

  async #end(): Promise<void> {
    if (this.#isEnding) return;
    this.#isEnding = true;
    const { errors, ...end } = await this.#working().end();
    this.#say({ type: 'ended', end, errors: errors.map(markError) });
    this.#outbox.flush();
    await Promise.all([flushed(process.stdout), flushed(process.stderr)]);
    this.#wire.end(() => {
      // Whatever tasks have set up in this process, it has done its work.
      process.exit(0);
    });
  }

  readonly #orphaned = (): void => {
    if (this.#isEnding && this.#wire.writableEnded) return;
    // Its own process group: what tasks have started goes with it. There are no groups on Windows.
    process.kill(process.platform === 'win32' ? process.pid : -process.pid, 'SIGKILL');
  };
}

/** What was printed is with the supervisor: exiting would drop it. */
function flushed(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => {
    stream.write('', () => {
      resolve();
    });
  });
}
