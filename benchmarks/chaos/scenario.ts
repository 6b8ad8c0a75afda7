import type { FaultKind } from '../../runtime/index.js';

/** One life of a supervisor under faults. */
export interface Scenario {
  readonly isolation: 'thread' | 'process';
  readonly kind: 'cpu' | 'io';
  readonly tasks: number;
  readonly threads: number;
  readonly faults: { readonly rate: number; readonly seed: number; readonly kinds: readonly FaultKind[] };
  /** Ends what hangs and loops. */
  readonly timeoutMs: number;
}

export interface ChaosTerms {
  /** Tasks of each isolation. */
  readonly tasks: number;
  readonly isolations: readonly Scenario['isolation'][];
  readonly seed: number;
  readonly threads: number;
  /** Few tasks and many faults: shows that everything holds, but not for long. */
  readonly quick: boolean;
}

/** Entries of a list of kinds that make 1 % of the tasks, when a list of so many would make all. */
const ENTRIES_OF_ALL = 15_000;
const OFTEN = 50;
const SELDOM = 3;
const QUICK_RATE = 0.02;
const IO_SHARE = 0.2;
const TIMEOUT_MS = 500;

/** 1 % of all tasks, in equal parts. */
const FREQUENT: readonly FaultKind[] = ['exit', 'throw', 'leak'];
/** 0.02 % of all tasks each. */
const RARE: readonly FaultKind[] = ['loop', 'hang', 'memory'];
const QUICK: readonly FaultKind[] = [...FREQUENT, ...RARE, 'reject', 'uncaught', 'delay'];
/** What takes a shared thread along, and so running neighbours, whom no thread can keep from it. */
const SINKING: readonly FaultKind[] = ['loop', 'memory'];

/** Most of the tasks are cpu tasks; the others share their threads, and get the faults that shared threads survive. */
export function scenariosOf({ tasks, isolations, seed, threads, quick }: ChaosTerms): Scenario[] {
  const ofIo = Math.round(tasks * IO_SHARE);
  return isolations.flatMap((isolation) =>
    (['cpu', 'io'] as const).map((kind) => ({
      isolation,
      kind,
      tasks: kind === 'io' ? ofIo : tasks - ofIo,
      threads,
      faults: { ...faultsOf(isolation, kind, quick), seed },
      timeoutMs: TIMEOUT_MS,
    })),
  );
}

function faultsOf(
  isolation: Scenario['isolation'],
  kind: Scenario['kind'],
  quick: boolean,
): Omit<Scenario['faults'], 'seed'> {
  const isMeant = (fault: FaultKind): boolean => kind === 'cpu' || !SINKING.includes(fault);
  const native: readonly FaultKind[] = isolation === 'process' ? ['segfault'] : [];
  if (quick) return { rate: QUICK_RATE, kinds: [...QUICK, ...native].filter(isMeant) };
  const kinds = [...repeat(FREQUENT, OFTEN), ...repeat([...RARE, ...native].filter(isMeant), SELDOM)];
  return { rate: kinds.length / ENTRIES_OF_ALL, kinds };
}

function repeat(kinds: readonly FaultKind[], times: number): FaultKind[] {
  return kinds.flatMap((kind) => new Array<FaultKind>(times).fill(kind));
}

export function nameOf({ isolation, kind }: Scenario): string {
  return `isolation ${isolation}, ${kind} tasks`;
}
