import { exitCodes } from '../exit-codes.js';
import type { Host } from '../host.js';
import { Changes } from '../logs/changes.js';
import { DirectoryWatch } from '../logs/directory-watch.js';
import { Filter } from '../logs/filter.js';
import { Follower } from '../logs/follower.js';
import type { LogFile } from '../logs/log-files.js';
import type { Found } from '../logs/search.js';
import { FoundText } from '../render/found-text.js';
import { onStopSignals } from '../signals.js';
import { type TellRim, tellsHeads } from './list-logs.js';
import type { LogsOptions } from './logs-options.js';
import type { StopSignal } from './run-report.js';

const tail = 10;

/** What following needs. */
export interface FollowRim extends TellRim {
  /** Aborts when nobody can read on. */
  broken: AbortSignal;
}

/** What is there, then what comes, until a signal ends it; that is the only end there is, and the exit code tells which. */
export async function followLogs(options: LogsOptions, { host, output, faults, broken }: FollowRim): Promise<number> {
  const { directory, incidents, wanted, json } = options;
  const text = new FoundText(json, host, faults);
  const changes = new Changes();
  const stop = listen(host, broken, changes.mark);
  const watch = new DirectoryWatch(directory, {
    onChange: changes.mark,
    onFallback: (folder, reason) =>
      host.stderr.write(`plustwo: cannot watch ${folder} (${reason}); looking once a second instead\n`),
  });
  const chooses = (file: LogFile): boolean => !incidents || file.kind === 'incidents';
  const follower = new Follower({
    directory,
    filter: new Filter(wanted),
    faults,
    chooses,
    tail,
    tellsHeads: tellsHeads(options),
  });
  const tell = async (source: AsyncIterable<Found[]>): Promise<void> => {
    for await (const found of source) {
      for (const one of found) await output.write(text.of(one));
      if (stop.isAsked()) return;
    }
  };
  try {
    watch.arm();
    await tell(follower.history());
    while (!stop.isAsked()) {
      await changes.next();
      watch.arm();
      await tell(follower.look());
    }
  } finally {
    stop.end();
    watch.close();
    await follower.close();
  }
  return stop.exitCode();
}

/** What ends the following: a signal, or an output that nobody reads. */
function listen(host: Host, broken: AbortSignal, wake: () => void) {
  let by: StopSignal | undefined;
  const end = onStopSignals({
    finish: (signal) => {
      by = signal;
      wake();
    },
    // Whoever should read is not reading.
    end: (signal) => host.exit(exitCodes[signal]),
  });
  broken.addEventListener('abort', wake);
  return {
    isAsked: () => by !== undefined || broken.aborted,
    end,
    // Without a signal the output is broken, and its end says how.
    exitCode: () => (by === undefined ? exitCodes.no : exitCodes[by]),
  };
}
