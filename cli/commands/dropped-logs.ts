import type { LogSink } from '../../runtime/index.js';
import { droppedIn, lostIn } from '../render/dropped-line.js';

/** Counts lines of tasks that were dropped for want of room, and records that log files lack. Only loggers are told of them. */
export class DroppedLogs {
  #count = 0;
  #lost = 0;

  /** How many lines were dropped. */
  get count(): number {
    return this.#count;
  }

  /** How many records could not be written. */
  get lost(): number {
    return this.#lost;
  }

  /** A sink that hands everything on to this one. */
  before(sink: LogSink): LogSink {
    return {
      ...sink,
      warn: (message, fields) => {
        this.#count += droppedIn(fields)?.count ?? 0;
        this.#lost += lostIn(fields);
        sink.warn(message, fields);
      },
      error: (message, fields) => {
        this.#lost += lostIn(fields);
        sink.error(message, fields);
      },
    };
  }
}
