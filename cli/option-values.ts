import { InvalidArgumentError } from 'commander';

/** The most threads that the runtime starts: its limit, said here as well because its table is loaded only when something runs. */
export const MOST_THREADS = 1024;

/** A whole number from `min`, optionally up to `max`. */
export function count(min: number, max = Number.MAX_SAFE_INTEGER): (given: string) => number {
  const range = max === Number.MAX_SAFE_INTEGER ? `of at least ${min}` : `from ${min} to ${max}`;
  return (given) => {
    const value = Number(given);
    if (/^\d+$/.test(given) && value >= min && value <= max) return value;
    throw new InvalidArgumentError(`Expected a whole number ${range}, got '${given}'.`);
  };
}

/**
 * A length of time with its unit, as the runtime takes it. A bare number is refused: the runtime would read it as
 * milliseconds, most people at a prompt mean seconds.
 */
export function duration(given: string): string {
  if (/^\d+(\.\d+)?(ms|s|m|h)$/.test(given)) return given;
  const meant = /^\d+(\.\d+)?$/.test(given) ? ` Did you mean ${given}s?` : '';
  throw new InvalidArgumentError(`Expected a duration such as 500ms, 30s, 5m or 1h, got '${given}'.${meant}`);
}

/** Such a length of time in milliseconds. */
export function milliseconds(duration: string): number {
  const units: Record<string, number> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };
  return Number.parseFloat(duration) * (units[duration.replace(/^[\d.]+/, '')] ?? 1);
}

/** A length of time above zero: of a limit that nothing could meet at zero. */
export function limit(given: string): string {
  const value = duration(given);
  if (Number.parseFloat(value) > 0) return value;
  throw new InvalidArgumentError(`Expected a duration above 0, got '${given}'.`);
}

/** Any JSON. */
export function json(given: string): { value: unknown } {
  try {
    return { value: JSON.parse(given) };
  } catch (error) {
    throw new InvalidArgumentError(`Expected JSON, got '${given}' (${(error as Error).message}).`);
  }
}
