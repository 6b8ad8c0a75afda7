import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as after } from 'node:timers/promises';
import { Connection } from './connection.js';
import { countOpen, type Reading, type SupervisorReading } from './reading.js';

/** A supervisor whose process is too busy to answer in this time is shown as it was. */
const answerWithinMs = 1_000;
/** What was on its way when the command ended has this long to arrive. */
const lastWordsWithinMs = 500;
/** A command may start a supervisor for each of a million requests; the first ones are enough to see what each leaves. */
const keptEnded = 100;
/** Sockets have shorter names than files. */
const longestAddress = 100;

/** Listens for the supervisors of a command, and asks them what they have open. */
export class Inspector {
  readonly #folder: string | undefined;
  readonly #server: Server;
  readonly #startedAt = performance.now();
  #connections: Connection[] = [];
  readonly #ended: SupervisorReading[] = [];
  /** Ended and in no reading yet. */
  #news: SupervisorReading[] = [];
  /** Where supervisors reach it. */
  readonly address: string;
  /** When most was open. */
  peak: Reading | undefined;
  readings = 0;

  /** `onProblem` is told what cannot be understood. */
  constructor(onProblem: (problem: string) => void) {
    this.#folder = process.platform === 'win32' ? undefined : newFolder();
    this.address = this.#folder === undefined ? `\\\\.\\pipe\\plustwo-${randomUUID()}` : join(this.#folder, 'socket');
    this.#server = createServer((socket) => {
      const connection = new Connection(socket, { onAnswer: () => this.#compare(), onProblem });
      this.#connections.push(connection);
      void connection.ask();
      void connection.ended.then(() => this.#end(connection));
    });
  }

  /** Resolves when supervisors can reach it. */
  async listen(): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject).listen(this.address, resolve);
    });
  }

  /** Asks every supervisor. */
  async read(): Promise<Reading> {
    const answers = Promise.all(this.#connections.map((connection) => connection.ask()));
    await orAfter(answerWithinMs, answers);
    return this.#note([...this.#known(), ...this.#news.splice(0)]);
  }

  /** What each supervisor last said, once the command has ended. */
  async readLast(): Promise<Reading> {
    await orAfter(lastWordsWithinMs, Promise.all(this.#connections.map(({ ended }) => ended)));
    return this.#note([...this.#ended, ...this.#known()]);
  }

  /** Hangs up everywhere, and leaves nothing behind. */
  close(): void {
    for (const connection of this.#connections) connection.close();
    this.#server.close();
    if (this.#folder !== undefined) rmSync(this.#folder, { recursive: true, force: true });
  }

  #note(supervisors: SupervisorReading[]): Reading {
    if (supervisors.length > 0) this.readings++;
    return this.#readingOf(supervisors);
  }

  /** At every answer: one that is followed at once by the next is in no reading. */
  #compare(): void {
    const supervisors = this.#known();
    if (this.peak !== undefined && countOpen({ supervisors }) <= countOpen(this.peak)) return;
    this.peak = this.#readingOf(supervisors);
  }

  #known(): SupervisorReading[] {
    return this.#connections.flatMap(({ known }) => known ?? []);
  }

  #readingOf(supervisors: SupervisorReading[]): Reading {
    const sinceMs = Math.round(performance.now() - this.#startedAt);
    const own = supervisors.map((supervisor) => ({ ...supervisor }));
    return { v: 1, at: new Date().toISOString(), sinceMs, supervisors: own };
  }

  #end(connection: Connection): void {
    this.#connections = this.#connections.filter((other) => other !== connection);
    if (!connection.known) return;
    this.#news.push(connection.known);
    if (this.#ended.length < keptEnded) this.#ended.push(connection.known);
  }
}

/** A folder that nobody else can look into. */
function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'plustwo-'));
  if (join(folder, 'socket').length <= longestAddress) return folder;
  rmSync(folder, { recursive: true });
  return mkdtempSync('/tmp/plustwo-');
}

/** Waits for something, but no longer than this. */
async function orAfter(ms: number, something: Promise<unknown>): Promise<void> {
  const enough = new AbortController();
  const late = after(ms, undefined, { signal: enough.signal }).catch(() => undefined);
  await Promise.race([something, late]);
  enough.abort();
}
