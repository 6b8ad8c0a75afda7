import { setImmediate as turn } from 'node:timers/promises';
import { createLogger, format, type Logger } from 'winston';
import DailyRotateFile from 'winston-daily-rotate-file';
import { type LogRun, lineOf } from './log-work.js';

/** Lines a turn of the event loop: what a busy server logs between two requests it reads. */
const LINES_PER_TURN = 500;

/** winston with daily files, as its pages say: timestamp and JSON, a child logger with the task's fields, all in the main thread. */
export class PlainWinston {
  readonly #logger: Logger;
  readonly #transport: DailyRotateFile;

  constructor(dirname: string) {
    this.#transport = new DailyRotateFile({
      dirname,
      filename: 'app-%DATE%.log',
      datePattern: 'YYYY-MM-DD',
      maxFiles: '7d',
    });
    this.#logger = createLogger({
      level: 'info',
      format: format.combine(format.timestamp(), format.json()),
      // eslint-disable-next-line @typescript-eslint/no-unsafe-class-instance-assignment -- its base class is declared twice, by two packages
      transports: [this.#transport],
    });
  }

  /** Gives the characters there were, so that no line is made for nothing. */
  async run({ tasks, linesPerTask, saying }: LogRun): Promise<number> {
    let characters = 0;
    for (let task = 0; task < tasks; task++) {
      const child = this.#logger.child({ task: 'sayLines', taskId: task, attempt: 1 });
      for (let index = task * linesPerTask; index < (task + 1) * linesPerTask; index++) {
        const line = lineOf(index);
        characters += line.length;
        if (saying !== 'nothing') child.info(line);
        if (index % LINES_PER_TURN === 0) await turn();
      }
    }
    return characters;
  }

  /** Resolves when everything is in the file: its own `finish` comes before. */
  async close(): Promise<void> {
    const { logStream } = this.#transport;
    await new Promise<void>((resolve) => {
      logStream.end(resolve);
    });
  }
}
