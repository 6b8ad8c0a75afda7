import type { BreakerTerms, DependencyTerms } from '../../workers/protocol/dependencies.js';
import { BadOptionError } from '../errors.js';
import type { CheckedDependency } from '../settings.js';

/** What holds for a breaker that says nothing: the numbers of Polly and resilience4j, with a break that grows. */
export const DEFAULT_BREAKER: BreakerTerms = {
  threshold: 0.5,
  minimumCalls: 20,
  windowMs: 10_000,
  breakMs: 10_000,
  maxBreakMs: 30_000,
};

/** The dependencies of a supervisor, completed, in the order of the table. */
export function dependencyTerms(dependencies: Readonly<Record<string, CheckedDependency>>): DependencyTerms[] {
  return Object.entries(dependencies).map(([name, { concurrency, breaker }]) => ({
    name,
    concurrency: concurrency ?? 0,
    breaker: breaker === false ? null : breakerTerms(name, breaker),
  }));
}

/** Of the two lengths of a break, the one that is not given gives way. */
function breakerTerms(name: string, given: Exclude<CheckedDependency['breaker'], false> = {}): BreakerTerms {
  const { breakMs, maxBreakMs } = DEFAULT_BREAKER;
  const first = given.break ?? Math.min(breakMs, given.maxBreak ?? breakMs);
  const most = given.maxBreak ?? Math.max(maxBreakMs, first);
  if (most < first) {
    const option = `dependencies.${name}.breaker.maxBreak`;
    throw new BadOptionError(option, `Expected \`${option}\` to be at least \`break\`, ${first} ms, got ${most} ms`);
  }
  return {
    threshold: given.threshold ?? DEFAULT_BREAKER.threshold,
    minimumCalls: given.minimumCalls ?? DEFAULT_BREAKER.minimumCalls,
    windowMs: given.window ?? DEFAULT_BREAKER.windowMs,
    breakMs: first,
    maxBreakMs: most,
  };
}
