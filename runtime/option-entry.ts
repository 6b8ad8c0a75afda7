import type { Check } from './checks.js';

/** Where an option may be given. */
export type Scope = 'supervisor' | 'task' | 'call' | 'map' | 'close';

/** One option: everything that is known of it stands here, and nowhere else. */
export interface OptionEntry {
  /** Its type as a reader writes it. */
  readonly type: string;
  /** What it means, in a sentence or two. */
  readonly doc: string;
  /** What holds without it, as a reader would write it. */
  readonly default: string;
  /** Where it may be given. */
  readonly scopes: readonly Scope[];
  /** Turns what was given into what is used, or throws a `BadOptionError`. */
  readonly check: Check<unknown>;
  /** Flag of `plustwo run` that gives the same. */
  readonly flag?: string;
}

/** The type of a length of time. */
export const DURATION = "number | string ('250ms', '30s', '5m', '2h')";
