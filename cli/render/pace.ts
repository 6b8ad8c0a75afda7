interface Sample {
  at: number;
  done: number;
}

const windowMs = 15_000;
const sampleEveryMs = 500;

/**
 * How fast a run goes, over its last fifteen seconds: an average over everything would still remember the slow start
 * of a long run, and the last second alone would make the remaining time jump.
 */
export class Pace {
  readonly #samples: Sample[];

  constructor(startedAt: number) {
    this.#samples = [{ at: startedAt, done: 0 }];
  }

  /** Items per second when `done` of them are done at the time `now`, in milliseconds. */
  perSecond(done: number, now: number): number {
    const samples = this.#samples;
    while (samples.length > 1 && now - (samples[1]?.at ?? now) >= windowMs) samples.shift();
    const [oldest] = samples;
    const newest = samples.at(-1);
    if (newest && now - newest.at >= sampleEveryMs) samples.push({ at: now, done });
    if (!oldest || now <= oldest.at) return 0;
    return ((done - oldest.done) / (now - oldest.at)) * 1000;
  }
}
