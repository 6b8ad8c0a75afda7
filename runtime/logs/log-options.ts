import type { Duration } from '../../workers/protocol/task-options.js';

/**
 * Gets what tasks print and log, `fields` being the task's own and `task`, `taskId`, `attempt`, and `stream` of what was printed (those of
 * the task's own that have such a name come as `fields.fields`); and what the supervisor finds out about its threads (recycling, growth),
 * `fields` being those of the event. A winston logger is one as it is.
 */
export interface LogSink {
  /** A line of `ctx.log.debug`. */
  debug(message: string, fields: Record<string, unknown>): void;
  /** A line of `ctx.log.info`, or printed to stdout. */
  info(message: string, fields: Record<string, unknown>): void;
  /** A line of `ctx.log.warn`, or printed to stderr. */
  warn(message: string, fields: Record<string, unknown>): void;
  /** A line of `ctx.log.error`. */
  error(message: string, fields: Record<string, unknown>): void;
}

/** A logger that takes the fields first, as pino's does. */
export interface FieldsFirstLogger {
  /** What tells it from other loggers: fields that all its lines have. */
  bindings(): Record<string, unknown>;
  /** A line of `ctx.log.debug`. */
  debug(fields: object, message: string): void;
  /** A line of `ctx.log.info`, or printed to stdout. */
  info(fields: object, message: string): void;
  /** A line of `ctx.log.warn`, or printed to stderr. */
  warn(fields: object, message: string): void;
  /** A line of `ctx.log.error`. */
  error(fields: object, message: string): void;
}

/** Lines that say little and come often. */
export interface NoiseRuleOptions {
  /** What it is called in records. */
  name: string;
  /** Which lines it is about. */
  pattern: RegExp;
  /**
   * The highest level it may silence; never `error`.
   * @defaultValue 'info'
   */
  level?: 'debug' | 'info' | 'warn';
  /** The task it is about; `'plustwo'` for the supervisor's own records. Any by default. */
  logger?: string;
}

/** What of the lines is dropped and counted. */
export interface NoiseOptions {
  /** Rules beside those there are. One that is called like one of those takes its place. No two of these may have the same name. */
  rules?: readonly NoiseRuleOptions[];
  /**
   * Whether the rules for heartbeats and cache updates hold.
   * @defaultValue true
   */
  defaults?: boolean;
  /**
   * How long counts run before they are said.
   * @defaultValue '60s'
   */
  window?: Duration;
}

/** Stories of failed tasks and of anomalies. */
export interface IncidentOptions {
  /**
   * How long they are kept.
   * @defaultValue '90d'
   */
  retention?: Duration;
  /**
   * How many bytes they may take; the oldest go first.
   * @defaultValue '256M'
   */
  size?: number | string;
}

/** Where lines of tasks go, and which. */
export interface LogOptions {
  /** Directory of the log files: `app/` and `incidents/` in it; relative to the working directory of now. It has one writer at a time. */
  dir?: string;
  /** A logger of the application's own, behind the gate. */
  logger?: LogSink | FieldsFirstLogger;
  /** Gets every line, before the gate. */
  raw?: LogSink | FieldsFirstLogger;
  /**
   * How long app logs are kept, to the hour.
   * @defaultValue '7d'
   */
  retention?: Duration;
  /** What is kept of failed tasks and anomalies; `false` for nothing. */
  incidents?: IncidentOptions | false;
  /** What is dropped and counted; `false` for nothing. */
  noise?: NoiseOptions | false;
}
