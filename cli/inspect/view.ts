import { openSync, writeSync } from 'node:fs';
import type { InspectOptions } from '../commands/inspect-options.js';
import type { Host } from '../host.js';
import { BottomArea } from '../render/bottom-area.js';
import { endText, liveLines } from '../render/inspection-frame.js';
import { noPaint, type Paint, paintFor } from '../render/paint.js';
import { columnsOf } from '../render/progress.js';
import { isUnicode } from '../render/unicode.js';
import { UsageError } from '../usage-error.js';
import type { Reading } from './reading.js';

/** Where readings are shown. */
export interface View {
  /** Shows a reading while the command runs. */
  show(reading: Reading): void;
  /** Says what went wrong. */
  tell(problem: string): void;
  /** Shows what was found, once the command has ended. */
  end(last: Reading, peak: Reading, readings: number): void;
  /** Gives the terminal back. */
  leave(): void;
}

/** Where a text goes. */
interface Sink {
  write: (text: string) => void;
  columns: () => number;
  paint: Paint;
}

/** Where no terminal cuts the lines. */
const columnsElsewhere = 120;

/** The view that the options and the terminal ask for. */
export function openView(options: InspectOptions, host: Host): View {
  const { stderr, env } = host;
  const sink = openSink(options.output, host);
  const problems = (problem: string): void => void stderr.write(`plustwo inspect: ${problem}\n`);
  const table = options.json ? new JsonLines(sink, problems) : new LastTable(sink, host.cwd(), problems);
  const jsonOnStderr = options.json && options.output === undefined;
  if (!options.live || !stderr.isTTY || env['TERM'] === 'dumb' || jsonOnStderr) return table;
  return new LiveTable(host, table);
}

function openSink(file: string | undefined, { stderr }: Host): Sink {
  if (file === undefined || file === '-') {
    const columns = (): number => (stderr.isTTY ? columnsOf(stderr) : columnsElsewhere);
    return { write: (text) => stderr.write(text), columns, paint: paintFor(stderr) };
  }
  try {
    const descriptor = openSync(file, 'w');
    let isBroken = false;
    const write = (text: string): void => {
      if (isBroken) return;
      try {
        // In place and at once, so that it can be followed.
        writeSync(descriptor, text);
      } catch (error) {
        // The command goes on: it must not pay for a full disk of ours.
        isBroken = true;
        stderr.write(`plustwo inspect: cannot write the readings: ${(error as Error).message}\n`);
      }
    };
    return { write, columns: () => columnsElsewhere, paint: noPaint };
  } catch (error) {
    throw new UsageError(`Cannot write the readings: ${(error as Error).message}.`, undefined, { cause: error });
  }
}

/** Each reading as one line of JSON. */
class JsonLines implements View {
  readonly #sink: Sink;
  readonly tell: (problem: string) => void;

  constructor(sink: Sink, tell: (problem: string) => void) {
    this.#sink = sink;
    this.tell = tell;
  }

  show(reading: Reading): void {
    if (reading.supervisors.length > 0) this.#sink.write(`${JSON.stringify(reading)}\n`);
  }

  end(last: Reading): void {
    this.show(last);
  }

  leave(): void {
    // A line stays where it is.
  }
}

/** One table, at the end. */
class LastTable implements View {
  readonly #sink: Sink;
  readonly #cwd: string;
  readonly tell: (problem: string) => void;

  constructor(sink: Sink, cwd: string, tell: (problem: string) => void) {
    this.#sink = sink;
    this.#cwd = cwd;
    this.tell = tell;
  }

  show(): void {
    // What there was is told at the end.
  }

  end(last: Reading, peak: Reading, readings: number): void {
    const { write, columns, paint } = this.#sink;
    write(endText({ last, peak, readings }, { columns: columns(), cwd: this.#cwd, paint }));
  }

  leave(): void {
    // The table stays where it is.
  }
}

/** The table at the bottom of a terminal, while the command above writes what it likes. */
class LiveTable implements View {
  readonly #host: Host;
  readonly #after: View;
  readonly #area: BottomArea;
  readonly #paint: Paint;
  #shown: Reading | undefined;

  constructor(host: Host, after: View) {
    this.#host = host;
    this.#after = after;
    this.#area = new BottomArea(host.stderr);
    this.#paint = paintFor(host.stderr);
    host.stderr.on('resize', this.#draw);
    process.on('exit', this.#leaveArea);
    process.on('SIGTSTP', this.#stop);
    process.on('SIGCONT', this.#draw);
  }

  show(reading: Reading): void {
    this.#after.show(reading);
    // Commands without a supervisor are left alone.
    if (reading.supervisors.length === 0 && this.#shown === undefined) return;
    this.#shown = reading;
    this.#draw();
  }

  tell(problem: string): void {
    this.#after.tell(problem);
  }

  end(last: Reading, peak: Reading, readings: number): void {
    this.leave();
    // The command may have left its last line open. As many spaces as there are columns end it, and nothing happens to an empty one.
    if (this.#shown) this.#host.stderr.write(`${' '.repeat(columnsOf(this.#host.stderr))}\r\u001b[K`);
    this.#after.end(last, peak, readings);
  }

  leave(): void {
    this.#host.stderr.off('resize', this.#draw);
    process.off('exit', this.#leaveArea);
    process.off('SIGTSTP', this.#stop);
    process.off('SIGCONT', this.#draw);
    this.#leaveArea();
  }

  readonly #leaveArea = (): void => this.#area.end();

  readonly #draw = (): void => {
    if (!this.#shown || this.#area.room === 0) return;
    const { stderr, env } = this.#host;
    const layout = {
      columns: columnsOf(stderr) - 1,
      lines: this.#area.room,
      cwd: this.#host.cwd(),
      paint: this.#paint,
    };
    this.#area.draw(liveLines(this.#shown, { ...layout, unicode: isUnicode(env) }));
  };

  /** Ctrl-Z gives the terminal to the shell, which wants all of it. */
  readonly #stop = (): void => {
    this.#area.end();
    process.kill(process.pid, 'SIGSTOP');
  };
}
