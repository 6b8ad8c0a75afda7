/** Milliseconds of the clock that all processes of this machine share; `performance.now()` has an origin of its own in each. */
export function monotonicMs(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}
