import type { Kind } from '../../workers/protocol/outcome.js';
import type { Chance } from './seeded.js';

/** How likely each fault is in one run; most runs have a few of them only, so that each is also seen alone. */
export interface Faults {
  /** Of an attempt: it throws, or its result cannot be cloned, or its module cannot be loaded. */
  readonly fail: number;
  /** It calls `process.exit`. */
  readonly exit: number;
  /** It takes its thread along: out of memory, native abort. */
  readonly die: number;
  /** An error of it is caught by nobody. */
  readonly uncaught: number;
  /** Such an error comes after it has ended. */
  readonly lateError: number;
  /** It never ends, but listens. */
  readonly hang: number;
  /** It keeps its thread busy for ever. */
  readonly loop: number;
  /** It takes much longer than its like. */
  readonly slow: number;
  /** Its signal is ignored. */
  readonly ignoreSignal: number;
  /** Of a thread: it does not come up. */
  readonly boot: number;
  /** It dies at any moment, whatever it does. */
  readonly sudden: number;
  /** Something else keeps it busy for a while. */
  readonly stray: number;
  /** Its teardowns hang. */
  readonly teardown: number;
  /** It does not exit when terminated: a native call. */
  readonly stuck: number;
  /** Of the host: its own code keeps it busy. */
  readonly holdUp: number;
  /** Of a submission: its input cannot be cloned. */
  readonly uncloneable: number;
  /** The supervisor's code is overtaken by a thread's between two looks into the shared memory. */
  readonly overtake: number;
  /** Of an attempt: it leaves descriptors open, */
  readonly leak: number;
  /** so many; */
  readonly greed: number;
  /** it leaves memory behind. */
  readonly grow: number;
  /** Of a look at what the process has left: it is not enough for one thread more. */
  readonly shortage: number;
}

const MOST: Faults = {
  fail: 0.3,
  exit: 0.15,
  die: 0.15,
  uncaught: 0.15,
  lateError: 0.1,
  hang: 0.15,
  loop: 0.1,
  slow: 0.2,
  ignoreSignal: 0.7,
  boot: 0.4,
  sudden: 0.4,
  stray: 0.4,
  teardown: 0.4,
  stuck: 0.3,
  holdUp: 0.05,
  uncloneable: 0.1,
  overtake: 0.2,
  leak: 1,
  greed: 1,
  grow: 1,
  shortage: 0.5,
};

/** Draws the faults of one run. */
export function drawFaults(chance: Chance): Faults {
  const share = chance.pick([0, 0.15, 0.4]);
  const drawn: Record<keyof Faults, number> = { ...MOST };
  for (const name of Object.keys(MOST) as (keyof Faults)[]) {
    drawn[name] = chance.happens(share) ? chance.between(0, MOST[name]) : 0;
  }
  // Blame is about tasks that do it again, beside others.
  if (chance.happens(0.1)) drawn.die = chance.between(0.1, 0.6);
  // Limits are come to by many attempts, not by a few.
  drawn.leak = chance.pick([0, 0, 0.3, 1]);
  drawn.greed = chance.pick([1, 1, 1, 3]);
  return drawn;
}

/** How an attempt comes to its end by itself. */
export type Ending = 'ok' | 'failed' | 'uncloneable' | 'not-loaded' | 'exits' | 'dies' | 'uncaught';

/** What an attempt is going to do. */
export interface Behaviour {
  /** Whether it keeps its thread's event loop busy while it runs. */
  readonly blocking: boolean;
  /** How long it runs; Infinity when it never ends. */
  readonly ms: number;
  readonly ending: Ending;
  /** So long after its end an error of it comes that nobody catches. */
  readonly lateErrorMs: number | undefined;
  /** So long after its signal was aborted it ends; undefined when it takes no notice. */
  readonly heedsMs: number | undefined;
}

/** Draws what one attempt does. */
export function drawBehaviour(chance: Chance, faults: Faults, kind: Kind, typicalMs: number): Behaviour {
  const loops = chance.happens(faults.loop);
  const hangs = !loops && chance.happens(faults.hang);
  const blocking = loops || (!hangs && chance.happens(kind === 'cpu' ? 0.7 : 0.05));
  const slow = chance.happens(faults.slow) ? chance.between(5, 60) : 1;
  return {
    blocking,
    ms: loops || hangs ? Number.POSITIVE_INFINITY : typicalMs * chance.between(0.2, 2) * slow,
    ending: drawEnding(chance, faults, blocking),
    lateErrorMs: chance.happens(faults.lateError) ? chance.between(0, 10) : undefined,
    heedsMs: chance.happens(faults.ignoreSignal) ? undefined : chance.between(0, 8),
  };
}

function drawEnding(chance: Chance, faults: Faults, blocking: boolean): Ending {
  if (chance.happens(faults.die)) return 'dies';
  if (chance.happens(faults.exit)) return 'exits';
  // What a handler throws while it is on the stack is caught there.
  if (!blocking && chance.happens(faults.uncaught)) return 'uncaught';
  if (chance.happens(faults.fail)) return chance.pick(['failed', 'failed', 'uncloneable', 'not-loaded'] as const);
  return 'ok';
}
