import type { LogLevel } from '../../workers/protocol/messages.js';

/** Names lines that are routine: one of each kind of them is kept per window, the others are counted. Those with an alarm word are none. */
export interface NoiseRule {
  /** What summaries call it, such as `heartbeat`. */
  readonly name: string;
  /** Which lines it holds for. It is tried on their first 2,000 characters; the flags `g` and `y` mean nothing here. */
  readonly pattern: RegExp;
  /** The highest level it may silence. Default `info`. Errors always pass. */
  readonly level?: Exclude<LogLevel, 'error'>;
  /** Holds for lines of the task of this name only; `plustwo` for the supervisor's own. Default: for all. */
  readonly logger?: string;
}

/**
 * On by default: signs of life, and the housekeeping of caches. Each pattern names something that goes on by itself, again
 * and again; for what answers a single request there is no rule.
 *
 * They are tried once per kind and window, not on each line, so they may not depend on what a mask hides: no digits, and no
 * counts of characters.
 */
export const NOISE_RULES: readonly NoiseRule[] = [
  { name: 'heartbeat', pattern: /heart[-_ ]?beat/i },
  { name: 'ping', pattern: /\b(?:ping(?:s|ed|ing)?|pong)\b/i },
  {
    name: 'health-check',
    pattern: /\bhealth[-_ ]?(?:check|probe)|\/(?:health|live|ready)z?\b|\b(?:live|readi)ness\b/i,
  },
  { name: 'keep-alive', pattern: /\bkeep[-_ ]?alive/i },
  { name: 'cache', pattern: cachePattern() },
];

/** What the rules above hold for, caches aside: there it is news that nobody answers, or that something is not there. */
export const SIGN_OF_LIFE = new RegExp(
  NOISE_RULES.filter(({ name }) => name !== 'cache')
    .map(({ pattern }) => pattern.source)
    .join('|'),
  'i',
);

/** A cache, and what happens to it or to what is in it, in either order. */
function cachePattern(): RegExp {
  const housekeeping = 'updat|refresh|renew|reload|evict|expir|purg|prun|flush|invalidat|warm|clean';
  return new RegExp(
    `\\bcach(?:e[ds]?|ing)\\b.*\\b(?:${housekeeping}|hit|miss|stor|sav)|\\b(?:${housekeeping})[a-z]*\\b.*\\bcach(?:e[ds]?|ing)\\b`,
    'i',
  );
}
