/** What `plustwo inspect` was asked to do. */
export interface InspectOptions {
  /** A program and its arguments. */
  command: readonly [program: string, ...args: string[]];
  /** Milliseconds from one reading to the next. */
  intervalMs: number;
  /** Each reading as a line of JSON, instead of a table. */
  json: boolean;
  /** The file for the readings or the last table; stderr otherwise. */
  output?: string;
  /** Whether a terminal shows the table while the command runs. */
  live: boolean;
}
