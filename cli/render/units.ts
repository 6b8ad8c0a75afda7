/** 1234567 as `1,234,567`. By hand: the locale's own formatting takes 10 ms to load, a tenth of a short run. */
export function formatCount(count: number): string {
  return String(Math.round(count)).replace(/\B(?=(\d{3})+$)/g, ',');
}

/** Milliseconds as `850 ms`, `12.3 s`, `3m 12s` or `1h 03m`. */
export function formatDuration(ms: number): string {
  if (ms < 999.5) return `${Math.round(ms)} ms`;
  if (ms < 59_950) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes}m ${twoDigits(seconds % 60)}s`;
  return `${Math.floor(minutes / 60)}h ${twoDigits(minutes % 60)}m`;
}

/** Milliseconds that are still to be waited, in whole seconds as long as those are read at a glance: `7 s`. */
export function formatWait(ms: number): string {
  return ms < 99_000 ? `${Math.ceil(ms / 1000)} s` : formatDuration(ms);
}

/** Items per second as `12,345/s`, `81.3/s` or, below one in ten seconds, `2.4/min`. */
export function formatRate(perSecond: number): string {
  if (perSecond >= 99.95) return `${formatCount(perSecond)}/s`;
  if (perSecond >= 0.1 || perSecond === 0) return `${perSecond.toFixed(1)}/s`;
  return `${(perSecond * 60).toFixed(1)}/min`;
}

/** Bytes as `850 B`, `20.2 KB`, `41.3 MB` or `1.5 GB`. */
export function formatBytes(bytes: number): string {
  const units = ['B', 'KB', 'MB', 'GB'];
  let amount = bytes;
  while (Math.abs(amount) >= 1023.5 && units.length > 1) {
    amount /= 1024;
    units.shift();
  }
  return `${units[0] === 'B' ? Math.round(amount) : amount.toFixed(1)} ${String(units[0])}`;
}

/** `count` with its noun, in the singular where there is one. */
export function plural(count: number, noun: string): string {
  return `${formatCount(count)} ${noun}${count === 1 ? '' : 's'}`;
}

/** The text cut to `width` characters, its end replaced by `…`. */
export function cut(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, Math.max(0, width - 1))}…`;
}

function twoDigits(value: number): string {
  return String(value).padStart(2, '0');
}
