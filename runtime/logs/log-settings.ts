import { resolve } from 'node:path';
import * as check from '../checks.js';
import type { FieldsFirstLogger, LogSink, NoiseRuleOptions } from './log-options.js';
import { fieldsLast } from './loggers.js';

/** Log options, checked and completed; durations in milliseconds. */
export interface LogSettings {
  /** Gets every line. */
  readonly raw: LogSink | undefined;
  /** Gets what the gate lets pass. */
  readonly logger: LogSink | undefined;
  /** Undefined where no files are written. */
  readonly files: LogFileSettings | undefined;
  /** Undefined where nothing is dropped. */
  readonly noise: NoiseSettings | undefined;
}

/** What files are written. */
export interface LogFileSettings {
  /** Absolute: the process may go elsewhere before the files are opened. */
  readonly dir: string;
  readonly retentionMs: number;
  /** Undefined where no stories are kept. */
  readonly incidents: { readonly retentionMs: number; readonly bytes: number } | undefined;
}

/** What is dropped and counted. */
export interface NoiseSettings {
  readonly rules: readonly NoiseRuleOptions[];
  readonly defaults: boolean;
  readonly windowMs: number;
}

const DAY_MS = 24 * 3_600_000;
/** How long incidents are kept, and how large all of them may be, unless said otherwise. */
export const INCIDENT_LIMITS = { retentionMs: 90 * DAY_MS, bytes: 256 * 2 ** 20 } as const;
const LEVELS = ['debug', 'info', 'warn', 'error'] as const;
const LOGGER: check.Shape = Object.fromEntries(LEVELS.map((level) => [level, check.callable]));

/** Checks the option `logs`: a logger alone, which gets every line, or where lines go and which. */
export function logSettings(name: string, given: unknown): LogSettings {
  if (isLogger(check.object(name, given)))
    return { raw: sink(name, given), logger: undefined, files: undefined, noise: undefined };
  const checked = check.shaped(given, SHAPE, `\`${name}\``, `${name}.`) as Checked;
  const { dir, logger, raw, retention = 7 * DAY_MS, incidents = {}, noise = {} } = checked;
  if (dir === undefined && logger === undefined && raw === undefined) {
    check.refuse(name, 'a logger, or options with `dir`, `logger` or `raw`', given);
  }
  refuseIdle(name, checked);
  return {
    raw,
    logger,
    files:
      dir === undefined ? undefined : { dir: resolve(dir), retentionMs: retention, incidents: ofIncidents(incidents) },
    noise: noise === false ? undefined : ofNoise(noise),
  };
}

/** Refuses what would be taken and change nothing. */
function refuseIdle(name: string, { dir, logger, retention, incidents, noise }: Checked): void {
  if (dir !== undefined) return;
  const forFiles = 'left out where there is no `dir`, since it is about the files there';
  if (retention !== undefined) check.refuse(`${name}.retention`, forFiles, retention);
  if (incidents !== undefined && incidents !== false) check.refuse(`${name}.incidents`, forFiles, incidents);
  if (logger === undefined && noise !== undefined && noise !== false)
    check.refuse(
      `${name}.noise`,
      'left out where there is neither `dir` nor `logger`, since `raw` gets every line',
      noise,
    );
}

interface Checked {
  readonly dir?: string;
  readonly logger?: LogSink;
  readonly raw?: LogSink;
  readonly retention?: number;
  readonly incidents?: { readonly retention?: number; readonly size?: number } | false;
  readonly noise?: (Partial<Omit<NoiseSettings, 'windowMs'>> & { readonly window?: number }) | false;
}

function ofIncidents(given: NonNullable<Checked['incidents']>): LogFileSettings['incidents'] {
  if (given === false) return undefined;
  const { retentionMs, bytes } = INCIDENT_LIMITS;
  return { retentionMs: given.retention ?? retentionMs, bytes: given.size ?? bytes };
}

function ofNoise({ rules = [], defaults = true, window = 60_000 }: Exclude<Checked['noise'], false | undefined>) {
  return { rules, defaults, windowMs: window };
}

/** Whatever has one of a logger's methods is meant as one, and has to have all of them. */
function isLogger(given: object): boolean {
  return LEVELS.some((level) => typeof (given as Record<string, unknown>)[level] === 'function');
}

function sink(name: string, given: unknown): LogSink {
  const logger = check.object(name, given) as LogSink | FieldsFirstLogger;
  for (const [level, isRight] of Object.entries(LOGGER))
    isRight(`${name}.${level}`, (logger as unknown as Record<string, unknown>)[level]);
  return 'bindings' in logger && typeof logger.bindings === 'function' ? fieldsLast(logger) : (logger as LogSink);
}

const RULE: check.Shape = {
  name: check.text,
  pattern: (name, given) => (given instanceof RegExp ? given : check.refuse(name, 'a regular expression', given)),
  level: check.oneOf('debug', 'info', 'warn'),
  logger: check.text,
};

function rule(name: string, given: unknown): NoiseRuleOptions {
  const checked = check.shaped(given, RULE, `\`${name}\``, `${name}.`);
  for (const needed of ['name', 'pattern'] as const) RULE[needed]?.(`${name}.${needed}`, checked[needed]);
  return checked as unknown as NoiseRuleOptions;
}

function rules(name: string, given: unknown): readonly NoiseRuleOptions[] {
  if (!Array.isArray(given)) return check.refuse(name, 'an array of rules', given);
  const named = new Set<string>();
  return given.map((one, index) => {
    const checked = rule(`${name}[${index}]`, one);
    if (named.has(checked.name))
      check.refuse(`${name}[${index}].name`, 'a name that no other rule of yours has', checked.name);
    named.add(checked.name);
    return checked;
  });
}

const NOISE: check.Shape = { rules, defaults: check.flag, window: check.limit };
const INCIDENTS: check.Shape = { retention: check.age, size: check.size };

/** What a shape says, or `false`. */
function orFalse(shape: check.Shape): check.Check<unknown> {
  return check.orFalse<unknown>((name, given) => check.shaped(given, shape, `\`${name}\``, `${name}.`), false);
}

const SHAPE: check.Shape = {
  dir: check.text,
  logger: sink,
  raw: sink,
  retention: check.age,
  incidents: orFalse(INCIDENTS),
  noise: orFalse(NOISE),
};
