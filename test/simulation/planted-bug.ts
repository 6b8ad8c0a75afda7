import { FakeThread } from './fake-thread.js';
import type { Tamper } from './scenario.js';

/** A bug made on purpose, from outside: parts of the core are wrapped, its sources stay as they are. */
export interface PlantedBug {
  readonly name: string;
  readonly plant: Tamper;
  /** Changes that hold for all threads; the returned function takes them back. */
  readonly plantInThreads?: () => () => void;
  /** How many seeds it may take to be caught. */
  readonly within: number;
  /** What has to be said of it. */
  readonly caughtAs: RegExp;
}

/** True every so many times, so that a bug shows itself now and then, as real ones do. */
export function every(times: number): () => boolean {
  let count = 0;
  return () => ++count % times === 0;
}

/** Has all threads do something another way, until the returned function is called. */
export function replaced<Name extends 'drain' | 'wake'>(
  name: Name,
  make: (original: FakeThread[Name]) => FakeThread[Name],
): () => void {
  const { prototype } = FakeThread;
  const original = prototype[name];
  prototype[name] = make(original);
  return () => {
    prototype[name] = original;
  };
}

/** Nothing of the core is changed. */
export const nothing: Tamper = () => undefined;
