import { Attempt, type AttemptHost } from '../attempt.js';
import type { LoadedHandler } from '../handler.js';
import type { Meter } from '../meter.js';
import type { Outcomes } from '../outcomes.js';
import type { GrowthTerms } from '../protocol/ledger.js';
import type { RecorderViews } from '../protocol/recorder.js';
import { Collector } from './collector.js';
import { Growth } from './growth.js';

/** What a thread has that its memory is watched with. */
export interface WatchParts {
  readonly terms: GrowthTerms;
  readonly views: RecorderViews;
  readonly outcomes: Outcomes;
  readonly meter: Meter;
  readonly host: AttemptHost;
  /** The handlers the thread knows, in the order it came to know them. */
  readonly handlers: () => readonly LoadedHandler[];
  /** Attempts that run. */
  readonly running: () => number;
}

const NOBODYS: LoadedHandler = {
  task: 0,
  label: '',
  kind: 'cpu',
  href: '',
  name: '',
  run: undefined,
  slow: false,
  openings: 0,
  ended: 0,
};

/** Watches the memory of a thread. */
export function watchGrowth({ terms, views, outcomes, meter, host, handlers, running }: WatchParts): Growth {
  // An attempt that lives through the collection: code that was optimised for objects of which none is alive is thrown away with them.
  const survivors: Attempt[] = [];
  return new Growth({
    terms,
    views,
    collector: new Collector(),
    tallies: handlers,
    say: (message) => {
      outcomes.say(message);
    },
    before: () => {
      if (outcomes.unrung > 0) outcomes.ring(performance.now());
      meter.update(running());
      survivors.push(new Attempt(host, 0, 0, NOBODYS, undefined, undefined));
    },
    after: () => {
      survivors.length = 0;
      meter.update(0);
    },
    now: () => performance.now(),
  });
}
