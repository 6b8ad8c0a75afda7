import { randomInt } from 'node:crypto';
import { systemClock } from '../clock.js';
import type { Settings } from '../settings.js';
import { systemReminder } from '../threads/reminder.js';
import { Anomalies } from './anomalies.js';
import type { SinkNotice } from './files/sink-notice.js';
import { IncidentLog } from './incident-log.js';
import { Incidents } from './incidents.js';
import { Journal, type JournalParts } from './journal.js';
import { LogFolder } from './log-folder.js';
import type { NoiseSettings } from './log-settings.js';
import { throwingApart } from './loggers.js';
import { GATE_TERMS, NoiseGate } from './noise-gate.js';
import { NOISE_RULES } from './noise-rules.js';
import { Records } from './records.js';
import { heldSaid, type Said } from './said.js';
import { PROCESS_WARNINGS, SinkAlert } from './sink-alert.js';
import { Stories } from './stories.js';

const INSTANCE_LENGTH = 8;
const LETTERS = 36;

/** What is done with what tasks say, by the option `logs`; undefined where nobody wants to know. */
export function makeJournal({ logs, name, sizing }: Settings, nameOf: JournalParts['nameOf']): Journal | undefined {
  if (logs === undefined) return undefined;
  const { files, noise } = logs;
  const raw = logs.raw && throwingApart(logs.raw);
  const logger = logs.logger && throwingApart(logs.logger);
  const wallNow = (): number => Date.now();
  const told = (sink: string, notice: SinkNotice): void => {
    journal.sink(sink, notice);
  };
  const folder =
    files === undefined
      ? undefined
      : new LogFolder({ settings: files, clock: systemClock, remind: systemReminder, wallNow, told });
  const instance = newInstance();
  const isRecording = folder !== undefined || logger !== undefined;
  const records = isRecording
    ? new Records({
        instance,
        wallNow,
        remind: systemReminder,
        gate: gateOf(noise),
        app: folder?.app,
        logger,
        incidents: incidentLogOf(folder, instance, wallNow),
      })
    : undefined;
  const journal = new Journal({
    raw,
    records,
    folder,
    alert: folder !== undefined && raw === undefined && logger === undefined ? newAlert() : undefined,
    wallNow,
    remind: systemReminder,
    nameOf,
    name,
    threads: sizing.threads,
  });
  return journal;
}

function newAlert(): SinkAlert {
  return new SinkAlert({ clock: systemClock, ...PROCESS_WARNINGS });
}

/** Tasks are numbered anew by each supervisor; this tells which one's a number is. */
function newInstance(): string {
  return Array.from({ length: INSTANCE_LENGTH }, () => randomInt(LETTERS).toString(LETTERS)).join('');
}

function gateOf(noise: NoiseSettings | undefined): NoiseGate<Said> | undefined {
  if (noise === undefined) return undefined;
  const { rules, defaults, windowMs } = noise;
  const others = NOISE_RULES.filter(({ name }) => !rules.some((rule) => rule.name === name));
  const terms = { ...GATE_TERMS, rules: defaults ? [...rules, ...others] : rules, windowMs };
  return new NoiseGate<Said>(terms, heldSaid);
}

function incidentLogOf(folder: LogFolder | undefined, instance: string, wallNow: () => number) {
  const sink = folder?.incidents;
  if (sink === undefined) return undefined;
  return new IncidentLog({
    instance,
    wallNow,
    remind: systemReminder,
    sink,
    stories: new Stories(),
    anomalies: new Anomalies(),
    incidents: new Incidents(instance, () => sink.room),
  });
}
