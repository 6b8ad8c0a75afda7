import { basename } from 'node:path';
import type DailyRotateFile from 'winston-daily-rotate-file';

/**
 * Names the files and says when the next one begins; loaded when the first is wanted, which takes a tenth of a second.
 *
 * winston's rotating file gets a file system in which nothing happens, because the bytes are better off elsewhere: its stream opens a turn
 * of the event loop after it was made, so the first lines of every hour would be lost when the process ends there and then, and a disk that
 * is full ends it for good. It gets no `maxFiles` either. It would remove what its own list of files says, whatever has become of the
 * directory since, forget what it could not remove, and stop for ever when that list is broken. Without, it has no such list.
 */
export class WinstonFiles {
  readonly #transport: DailyRotateFile;

  /** See {@link WinstonFiles.open}. */
  constructor(transport: DailyRotateFile) {
    this.#transport = transport;
  }

  /** `begun` is told the name of each file: of the first before this resolves, of further ones within {@link look}. */
  static async open(prefix: string, begun: (name: string) => void): Promise<WinstonFiles> {
    const { default: Transport } = await import('winston-daily-rotate-file');
    const transport = new Transport({
      // It makes sure that the directory of a file exists, and throws where that cannot be done. This one always does.
      dirname: '/',
      filename: `${prefix}.%DATE%.log`,
      datePattern: 'YYYY-MM-DD[T]HH',
      utc: true,
      zippedArchive: false,
      // Neither read nor written as there is no `maxFiles`; where none is named, it makes one up from a hash of all options.
      auditFile: `.${prefix}.audit.json`,
      options: { flags: 'a', fs: nowhere },
    });
    await new Promise<void>((resolve) => {
      transport.on('new', (path: string) => {
        begun(basename(path));
        resolve();
      });
    });
    return new WinstonFiles(transport);
  }

  /** Has it look at the time. */
  look(): void {
    this.#transport.logStream.write('');
  }

  async close(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#transport.logStream.end(resolve);
    });
  }
}

type Done = (error: null, result?: number) => void;

/** What a write stream needs of a file system. */
const nowhere = {
  open: (_path: string, _flags: string, _mode: number, done: Done) => done(null, 0),
  write: (_fd: number, _bytes: Buffer, _at: number, length: number, _position: unknown, done: Done) =>
    done(null, length),
  close: (_fd: number, done: Done) => done(null),
};
