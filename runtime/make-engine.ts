import { systemClock } from './clock.js';
import type { CoreParts } from './core.js';
import type { Describer, Engine } from './engine.js';
import { countDescriptors } from './ledger/descriptor-count.js';
import { Ledger } from './ledger/ledger.js';
import type { Lines, LostLines } from './logs/read-line.js';
import { HostedEngine } from './process/hosted-engine.js';
import type { Settings } from './settings.js';
import { ThreadEngine } from './thread-engine.js';
import { InlineThread } from './threads/inline-thread.js';
import { PiscinaThread } from './threads/piscina-thread.js';

/** What an engine is told by whoever has it, and tells. */
export interface EngineRim extends Pick<CoreParts, 'announcer' | 'typeOf' | 'onBroken'> {
  /** What was printed and logged, and what of that was lost for want of room. */
  lines(lines: Lines, lost: LostLines | undefined): void;
  /** A place where modules can be looked at takes work now. */
  readonly onReady: (describer: Describer) => void;
}

/** What a core in this process is made with. */
export function coreParts(settings: Settings, rim: EngineRim, ledger: Ledger): CoreParts {
  const { threadSetup: setup, sizing } = settings;
  return {
    ...settings,
    ...rim,
    threads: Math.max(1, sizing.threads),
    clock: systemClock,
    wallClock: () => new Date().toISOString(),
    countDescriptors,
    lines: ({ number: slot }, generation, lines, dropped) => {
      const lost = dropped === undefined ? undefined : { slot, generation, ...dropped };
      rim.lines(lines, lost);
    },
    makeThread: (slot, generation, listener, { wire, retire }) => {
      const own = { ...setup, dependencies: wire, gone: retire, clock: systemClock };
      return sizing.threads === 0
        ? new InlineThread(own, slot, generation, listener)
        : setup.outside(() => new PiscinaThread(own, slot, generation, listener, ledger));
    },
  };
}

/** What performs the tasks of a supervisor. */
export function makeEngine(settings: Settings, rim: EngineRim): Engine {
  if (settings.isolation === 'process') return new HostedEngine(settings, rim, systemClock);
  const ledger = new Ledger();
  return new ThreadEngine(coreParts(settings, rim, ledger), { ledger, lastResort: settings.lastResort });
}
