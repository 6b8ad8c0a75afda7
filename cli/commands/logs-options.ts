import type { Wanted } from '../logs/filter.js';

/** What `plustwo logs` was asked for. */
export interface LogsOptions {
  /** Where the logs are, as it was given. */
  directory: string;
  wanted: Wanted;
  /** Goes on with what is written from now on. */
  follow: boolean;
  /** Records as they are, instead of text. */
  json: boolean;
  /** Only those of failed tasks and anomalies. */
  incidents: boolean;
}
