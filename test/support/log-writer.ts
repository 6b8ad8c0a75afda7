import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { LogFilesTerms } from '../../runtime/logs/files/log-files.js';
import type { SinkNotice } from '../../runtime/logs/files/sink-notice.js';
import { until } from './until.js';

/** How a process ends. */
export type Ending = 'exit' | 'throw' | 'SIGTERM' | 'SIGKILL' | 'abort';

/** What a writing process is told to do. */
export type LogWriterCommand =
  | { do: 'open'; terms: Pick<LogFilesTerms, 'dir' | 'prefix' | 'retentionMs' | 'maxBytes'> }
  | { do: 'write'; from: number; to: number; size?: number; flush?: boolean; ending?: Ending }
  | { do: 'end'; ending: Ending }
  | { do: 'set date'; date: string }
  | { do: 'take descriptors' }
  | { do: 'give descriptors back' }
  | { do: 'close' };

/** How a writing process is started. */
export interface LogWriterStart {
  /** A command in front of Node's own, such as one that takes rights away. */
  readonly within?: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
}

/** A process that writes log files. */
export class LogWriter {
  readonly notices: SinkNotice[] = [];
  readonly #child: ChildProcess;
  readonly #answers: ((answer: unknown) => void)[] = [];
  readonly #end: Promise<unknown[]>;

  private constructor(child: ChildProcess) {
    this.#child = child;
    this.#end = once(child, 'close');
    child.on('message', (message: { answer: unknown } | { notice: SinkNotice }) => {
      if ('notice' in message) this.notices.push(message.notice);
      else this.#answers.shift()?.(message.answer);
    });
  }

  /** It ends with the test. */
  static async up(t: TestContext, { within = [], env = {} }: LogWriterStart = {}): Promise<LogWriter> {
    const script = fileURLToPath(new URL('../fixtures/logs/log-writer.js', import.meta.url));
    const [command, ...args] = [...within, process.execPath, script];
    const child = spawn(command, args, {
      stdio: ['ignore', 'inherit', 'ignore', 'ipc'],
      // Newer Nodes read this file at some moment of their own, and give a descriptor back where a test has taken all.
      env: { ...process.env, NODE_EXTRA_CA_CERTS: undefined, ...env },
    });
    const writer = new LogWriter(child);
    t.after(async () => {
      child.kill('SIGKILL');
      await writer.#end;
    });
    assert.equal(await writer.#answer(), 'up');
    return writer;
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** Its answer. */
  async ask<Answer>(command: LogWriterCommand): Promise<Answer> {
    const answer = this.#answer();
    this.#child.send(command);
    return (await answer) as Answer;
  }

  /** For a command it does not survive: how it ended. */
  async last(command: LogWriterCommand): Promise<unknown> {
    this.#child.send(command);
    const [code, signal] = await this.#end;
    return signal ?? code;
  }

  /** Resolves when it has told such a thing. */
  async told<Kind extends SinkNotice['kind']>(kind: Kind): Promise<Extract<SinkNotice, { kind: Kind }>> {
    const found = (): SinkNotice | undefined => this.notices.find((notice) => notice.kind === kind);
    await until(() => found() !== undefined);
    return found() as Extract<SinkNotice, { kind: Kind }>;
  }

  #answer(): Promise<unknown> {
    return new Promise((resolve, reject) => {
      this.#answers.push(resolve);
      void this.#end.then((how) => reject(new Error(`It has ended: ${how.join(' ')}`)));
    });
  }
}
