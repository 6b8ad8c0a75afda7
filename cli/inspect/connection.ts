import type { Socket } from 'node:net';
import { createInterface } from 'node:readline';
import type { InspectionAnswer } from '../../runtime/index.js';
import type { SupervisorReading } from './reading.js';

/** What a connection tells. */
export interface ConnectionListener {
  /** The supervisor has said what is open. */
  onAnswer: () => void;
  /** Something cannot be understood. */
  onProblem: (problem: string) => void;
}

/** The line to one supervisor. */
export class Connection {
  readonly #socket: Socket;
  readonly #listener: ConnectionListener;
  #waiting: (() => void)[] = [];
  #known: SupervisorReading | undefined;
  /** Resolves when the supervisor, or its process, has hung up. */
  readonly ended: Promise<void>;
  #isOpen = true;

  constructor(socket: Socket, listener: ConnectionListener) {
    this.#socket = socket;
    this.#listener = listener;
    // Whoever hung up need not have done so politely.
    socket.on('error', () => undefined);
    // The last lines come after the socket's own end, so the reader of lines is the one to ask.
    const lines = createInterface({ input: socket });
    lines.on('line', (line) => this.#receive(line));
    this.ended = new Promise((resolve) => {
      lines.on('close', () => {
        this.#isOpen = false;
        if (this.#known && !this.#known.last) this.#known.answered = false;
        this.#answered();
        resolve();
      });
    });
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** What was last heard; undefined before the first answer. */
  get known(): SupervisorReading | undefined {
    return this.#known;
  }

  /** Asks what is open. Resolves with the next answer, or the end. */
  ask(): Promise<void> {
    if (!this.#isOpen) return Promise.resolve();
    if (this.#known) this.#known.answered = false;
    this.#socket.write('?');
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** Hangs up. */
  close(): void {
    this.#socket.destroy();
  }

  #receive(line: string): void {
    const answer = parse(line);
    if (!answer) return;
    const { v, pid, last, inspection, error } = answer;
    if ((v as number) !== 1) this.#listener.onProblem('a supervisor of another version of plustwo cannot be read');
    else if (inspection === null) this.#listener.onProblem(`process ${pid} could not look: ${String(error)}`);
    else this.#known = { ...inspection, pid, answered: true, last };
    this.#listener.onAnswer();
    this.#answered();
  }

  #answered(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}

/** What a process says that is killed meanwhile breaks off: there is nothing to understand. */
function parse(line: string): InspectionAnswer | undefined {
  try {
    return JSON.parse(line) as InspectionAnswer;
  } catch {
    return undefined;
  }
}
