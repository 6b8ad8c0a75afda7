import type { FaultKind, FaultTerms } from '../workers/protocol/faults.js';
import { BadOptionError } from './errors.js';

/** Faults as they were asked for and checked one by one. */
export interface CheckedFaults {
  readonly rate: number;
  readonly seed?: number;
  readonly kinds?: readonly FaultKind[];
}

/** Where attempts run, and so what of theirs is contained. */
export type Place = 'inline' | 'thread' | 'process';

const DEFAULT_KINDS: readonly FaultKind[] = ['throw', 'reject', 'exit', 'uncaught', 'hang', 'delay', 'leak'];

/** What ends with the attempt itself. Inline there is no thread that could go down with the others, or take their descriptors along. */
const INLINE_KINDS: readonly FaultKind[] = ['throw', 'reject', 'hang', 'delay'];

/**
 * What threads are told about the faults to be injected, with the defaults filled in.
 *
 * @throws BadOptionError when a kind would hit the caller's own process
 */
export function faultTerms(given: CheckedFaults | undefined, place: Place): FaultTerms | undefined {
  if (given === undefined) return undefined;
  const uncontained = given.kinds?.find((kind) => !isContained(kind, place));
  if (uncontained !== undefined) throw new BadOptionError('faults.kinds', refusal(uncontained, place));
  const kinds = given.kinds ?? DEFAULT_KINDS.filter((kind) => isContained(kind, place));
  return { rate: given.rate, seed: given.seed ?? 1, kinds };
}

function isContained(kind: FaultKind, place: Place): boolean {
  switch (place) {
    case 'inline':
      return INLINE_KINDS.includes(kind);
    case 'thread':
      return kind !== 'segfault';
    case 'process':
      return true;
  }
}

function refusal(kind: FaultKind, place: Place): string {
  const allowed = INLINE_KINDS.map((each) => `'${each}'`).join(', ');
  return place === 'inline'
    ? `Expected \`faults.kinds\` to have only ${allowed} with \`threads: 0\`, which runs handlers in this very thread, got '${kind}'`
    : `Expected \`isolation: 'process'\` with '${kind}' in \`faults.kinds\`, because it ends the process its thread is in, got '${place}'`;
}
