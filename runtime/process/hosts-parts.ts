import type { Clock } from '../clock.js';
import type { EngineRim } from '../make-engine.js';
import type { Settings } from '../settings.js';
import type { HostsParts } from './hosts-terms.js';
import type { HostSettings } from './wire.js';

/** What hosts are made with, by the settings of their supervisor. */
export function hostsParts(settings: Settings, { announcer }: EngineRim, clock: Clock): HostsParts {
  const usual = hostSettings(settings);
  return {
    setups: { usual: { settings: usual }, alone: { settings: ofSuspects(usual) } },
    restart: settings.restart,
    rerun: settings.rerun,
    clock,
    wallClock: () => new Date().toISOString(),
    wantsProgress: () => announcer.wants('progress'),
  };
}

/** What cannot leave the process stays; the queue is bounded here, not in the host. */
function hostSettings({ logs: _, threadSetup: { outside: __, ...threadSetup }, ...settings }: Settings): HostSettings {
  return { ...settings, threadSetup, maxQueue: Number.POSITIVE_INFINITY };
}

/** Suspects run one at a time: one thread will do. */
function ofSuspects(settings: HostSettings): HostSettings {
  return { ...settings, sizing: { threads: 1, reason: 'suspects run one at a time' } };
}
