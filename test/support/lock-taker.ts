import assert from 'node:assert/strict';
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import type { TestContext } from 'node:test';

/** What a process that takes locks is told to do. */
export type LockCommand =
  | { do: 'take'; dir: string }
  | { do: 'release' }
  | { do: 'race'; dir: string; rounds: number; dead: string };

/** A process that takes locks. */
export class LockTaker {
  readonly #child: ChildProcess;
  readonly #end: Promise<unknown[]>;

  private constructor(child: ChildProcess) {
    this.#child = child;
    this.#end = once(child, 'exit');
  }

  /** It ends with the test. */
  static async up(t: TestContext): Promise<LockTaker> {
    const child = fork(new URL('../fixtures/logs/lock-taker.js', import.meta.url));
    const taker = new LockTaker(child);
    t.after(() => taker.kill());
    assert.equal(await taker.#answer(), 'up');
    return taker;
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** Its answer. */
  async ask<Answer>(command: LockCommand): Promise<Answer> {
    this.#child.send(command);
    return (await this.#answer()) as Answer;
  }

  /** Ends it, and resolves when it is buried. */
  async kill(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.#end;
  }

  async #answer(): Promise<unknown> {
    const ended = this.#end.then((how) => {
      throw new Error(`It has ended: ${how.join(' ')}`);
    });
    const [message] = (await Promise.race([once(this.#child, 'message'), ended])) as [{ answer: unknown }];
    return message.answer;
  }
}
