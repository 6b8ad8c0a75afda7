import type { StopSignal } from './commands/run-report.js';

const stopSignals: readonly StopSignal[] = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/** What the two signals of a person who wants to stop mean. */
export interface StopListener {
  /** The first: finish what runs. */
  finish: (signal: StopSignal) => void;
  /** Any further one: end at once. */
  end: (signal: StopSignal) => void;
}

/** Listens for INT, TERM and HUP. Call the answer to stop listening. */
export function onStopSignals(listener: StopListener): () => void {
  let asked = false;
  const receive = (signal: NodeJS.Signals): void => {
    // Only the three signals below arrive here.
    if (asked) listener.end(signal as StopSignal);
    else listener.finish(signal as StopSignal);
    asked = true;
  };
  for (const signal of stopSignals) process.on(signal, receive);
  return () => {
    for (const signal of stopSignals) process.off(signal, receive);
  };
}
