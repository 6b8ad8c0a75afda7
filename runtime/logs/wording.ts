/** Digits in threes: 1,204. */
export function grouped(value: number): string {
  const [whole = '', rest] = String(value).split('.');
  const threes = whole.replaceAll(/\B(?=(?:\d{3})+$)/g, ',');
  return rest === undefined ? threes : `${threes}.${rest}`;
}

/** So many of something: 1 line, 2 lines. */
export function counted(count: number, what: string): string {
  return `${grouped(count)} ${what}${count === 1 ? '' : 's'}`;
}

/** A span of time in seconds, a short one in milliseconds: 60 s, 40 ms. */
export function seconds(ms: number): string {
  if (ms < 100) return `${Math.max(1, Math.round(ms))} ms`;
  return `${grouped(Math.round(ms / 100) / 10)} s`;
}
