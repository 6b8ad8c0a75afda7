import type { CloseReport, Supervisor } from '../../runtime/index.js';
import { exitCodes } from '../exit-codes.js';
import type { Feed } from '../inputs/feed.js';
import { onStopSignals } from '../signals.js';
import type { Ending, StopSignal } from './run-report.js';

/** What a shutdown does beyond the run itself. */
export interface ShutdownRim {
  print: (line: string) => void;
  /** Leaves the process without waiting for anything. */
  exit: (code: number) => void;
}

/** How long what runs may take to finish after the first signal. */
const finishWithin = '10s';
/** How long, after that, the results may take to be read by whoever reads them. */
const readWithinMs = 10_000;

/** Why a run ends, and what follows from that at once. The first cause stands. */
export class Shutdown {
  readonly #feed: Feed;
  readonly #supervisor: Supervisor;
  readonly #rim: ShutdownRim;
  readonly #stopListening: () => void;
  #ending: Ending | undefined;

  /** Listens for signals from now on, until `end`. */
  constructor(feed: Feed, supervisor: Supervisor, rim: ShutdownRim) {
    this.#feed = feed;
    this.#supervisor = supervisor;
    this.#rim = rim;
    this.#stopListening = onStopSignals({
      finish: (signal) => void this.#finish(signal),
      end: (signal) => rim.exit(exitCodes[signal]),
    });
  }

  /** Why the run ends; `undefined` while nothing ends it. */
  get ending(): Ending | undefined {
    return this.#ending;
  }

  /** Notes why the run ended. */
  because(cause: Ending): void {
    this.#ending ??= cause;
  }

  /** Takes no more inputs and breaks off what runs: nobody would see its results. */
  async breakOff(): Promise<void> {
    this.#feed.stop();
    await this.#supervisor.close({ timeout: 0 });
  }

  /** Waits until nothing of the run is left, and answers with what closing found. */
  async end(): Promise<CloseReport> {
    this.#feed.stop();
    const report = await this.#supervisor.close();
    this.#stopListening();
    return report;
  }

  async #finish(signal: StopSignal): Promise<void> {
    const again = signal === 'SIGINT' ? 'Ctrl-C again' : `another ${signal}`;
    this.#rim.print(
      `${signal}: starting nothing new, waiting up to ${finishWithin} for what runs; ${again} ends at once`,
    );
    this.because({ by: 'signal', signal });
    this.#feed.stop();
    await this.#supervisor.close({ timeout: finishWithin, queued: 'reject' });
    // Whoever stopped us is waiting for us, and whoever should read the results may never do so.
    setTimeout(() => this.#rim.exit(exitCodes[signal]), readWithinMs).unref();
  }
}
