import { InvalidArgumentError } from 'commander';

const units: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const duration = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/;
const date = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?) ?(Z|[+-]\d\d:?\d\d)?)?$/i;

/**
 * The point in time, in milliseconds since the epoch, that somebody at a prompt means: a duration ago, or a date. A date without a zone is
 * UTC, as every time in the logs and in the names of their files. Throws for anything else.
 */
export function moment(given: string, now: number): number {
  const [, amount, unit = ''] = duration.exec(given) ?? [];
  if (amount !== undefined) return now - Number(amount) * (units[unit] ?? Number.NaN);
  const [, day, time = '00:00', zone = 'Z'] = date.exec(given) ?? [];
  const at = day === undefined ? Number.NaN : Date.parse(`${day}T${time}${zone.toUpperCase()}`);
  // 31 February is read as 3 March.
  if (!Number.isNaN(at) && Number(day?.slice(8)) <= daysOfMonth(day)) return at;
  const meant = /^\d+$/.test(given) ? ` Did you mean ${given}s?` : '';
  throw new InvalidArgumentError(
    `Expected a duration such as 30s, 15m, 2h or 7d, or a date such as 2026-11-21 or 2026-11-21T09:15 (UTC), got '${given}'.${meant}`,
  );
}

function daysOfMonth(day = ''): number {
  return new Date(Date.UTC(Number(day.slice(0, 4)), Number(day.slice(5, 7)), 0)).getUTCDate();
}
