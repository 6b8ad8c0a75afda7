import { inspect, isDeepStrictEqual } from 'node:util';
import type { FaultKind, SettledEvent, Usage } from '../../runtime/index.js';
import { answerTo } from './work.js';

/** How a task came out: what its supervisor told, and what its caller got. */
export interface Ending {
  readonly index: number;
  readonly outcome: SettledEvent['outcome'];
  readonly value: unknown;
  readonly error: unknown;
  readonly usage: Pick<Usage, 'descriptors'>;
}

/** How an attempt with a fault has to end; those not named here end ok, with the right answer. */
const ENDS: Readonly<Partial<Record<FaultKind, { readonly outcome: Ending['outcome']; readonly says: RegExp }>>> = {
  throw: { outcome: 'failed', says: /^Injected fault 'throw'/ },
  reject: { outcome: 'failed', says: /^Injected fault 'reject'/ },
  uncaught: { outcome: 'failed', says: /^Injected fault 'uncaught'/ },
  exit: { outcome: 'lost', says: /exit code 117/ },
  memory: { outcome: 'lost', says: /out of memory/ },
  segfault: { outcome: 'lost', says: /SIGSEGV/ },
  hang: { outcome: 'timed-out', says: /./ },
  loop: { outcome: 'timed-out', says: /./ },
};

/** Whether an attempt with that fault goes on until it is stopped. */
export function isEndless(fault: FaultKind | undefined): boolean {
  return fault === 'hang' || fault === 'loop';
}

/** How a task comes out whose last attempt had that fault. */
export function outcomeAfter(fault: FaultKind | undefined): Ending['outcome'] {
  return (fault === undefined ? undefined : ENDS[fault]?.outcome) ?? 'ok';
}

/** What is wrong with how a task came out, undefined if nothing is. */
export function wrongWith(ending: Ending, fault: FaultKind | undefined): string | undefined {
  const ends = fault === undefined ? undefined : ENDS[fault];
  if (ends === undefined) return wrongWithGood(ending, fault === 'leak' ? 1 : 0);
  const { outcome, error } = ending;
  if (outcome !== ends.outcome) return `expected ${ends.outcome}, got ${tell(ending)}`;
  if (!(error instanceof Error)) return `expected an error, got ${inspect(error)}`;
  return ends.says.test(error.message) ? undefined : `expected ${String(ends.says)}, got ${error.message}`;
}

function wrongWithGood(ending: Ending, leaks: number): string | undefined {
  const { index, outcome, value, usage } = ending;
  if (outcome !== 'ok') return `expected ok, got ${tell(ending)}`;
  if (!isDeepStrictEqual(value, answerTo(index))) return `expected its answer, got ${inspect(value)}`;
  const { leaked } = usage.descriptors;
  return leaked.length === leaks
    ? undefined
    : `expected ${String(leaks)} descriptors left open, got ${String(leaked.length)}`;
}

function tell({ outcome, error }: Ending): string {
  return outcome === 'ok' ? 'ok' : `${outcome}: ${String(error)}`;
}
