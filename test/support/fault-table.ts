import assert from 'node:assert/strict';
import type { CallOptions } from '../../runtime/index.js';
import type { Fault, FaultOrder } from '../fixtures/handlers/fault-at.js';
import type { Ended } from './outcome-of.js';

/** What a fault does to the attempt it happens in, and to its thread. */
export interface FaultRow {
  readonly fault: Fault;
  /** Given with the call, so that what never ends is ended. */
  readonly options?: CallOptions;
  /** How the attempt ends. */
  readonly ends: (ended: Ended<unknown>) => void;
  /** Whether the thread is replaced, and the death told as one nobody asked for. */
  readonly restarts: boolean;
  /** Whether attempts that share the thread go down with it; no fault they could be kept from does. */
  readonly sinks: boolean;
}

export const REASON = new Error('the caller does not want it any more');

/** Ends what does not end by itself, soon. */
const LIMITED: CallOptions = { timeout: 200, grace: 50 };

export const FAULT_TABLE: readonly FaultRow[] = [
  { fault: 'exit 0', ends: lost(/exit code 0/), restarts: true, sinks: false },
  { fault: 'exit 1', ends: lost(/exit code 1\b/), restarts: true, sinks: false },
  { fault: 'exit 13', ends: lost(/exit code 13/), restarts: true, sinks: false },
  { fault: 'throw an error', ends: failed('RangeError', 'thrown on purpose'), restarts: false, sinks: false },
  { fault: 'throw null', ends: thrown(null), restarts: false, sinks: false },
  { fault: 'throw in a timer', ends: failed('RangeError', 'thrown in a timer'), restarts: true, sinks: false },
  { fault: 'reject unheard', ends: failed('RangeError', 'rejected unheard'), restarts: true, sinks: false },
  { fault: 'run out of memory', ends: lost(/out of memory/), restarts: true, sinks: true },
  { fault: 'loop', options: LIMITED, ends: code('PLUSTWO_TIMED_OUT'), restarts: false, sinks: true },
  { fault: 'hang', options: LIMITED, ends: code('PLUSTWO_TIMED_OUT'), restarts: false, sinks: false },
  {
    fault: 'return what cannot be cloned',
    ends: code('PLUSTWO_NOT_CLONEABLE', /options\.callback/),
    restarts: false,
    sinks: false,
  },
  { fault: 'return 200 MB', ends: big, restarts: false, sinks: false },
  { fault: 'forge messages', ends: value('posted'), restarts: false, sinks: false },
];

/** The order for a neighbour that is to answer with `value`. */
export function plain(value: unknown, words?: Int32Array): FaultOrder {
  return words === undefined ? { value } : { value, words };
}

/** Rejected with an error of ours that has this code. */
export function code(expected: string | RegExp, message = /./): FaultRow['ends'] {
  return (ended) => {
    assert.equal(ended.status, 'rejected', `expected ${String(expected)}`);
    assert.ok(ended.error instanceof Error);
    const given = String((ended.error as { code?: unknown }).code);
    if (typeof expected === 'string') assert.equal(given, expected, ended.error.message);
    else assert.match(given, expected, ended.error.message);
    assert.match(ended.error.message, message);
  };
}

/** The attempt had started, and went down with its thread. */
export function lost(message: RegExp): FaultRow['ends'] {
  return (ended) => {
    code('PLUSTWO_THREAD_LOST', message)(ended);
    assert.equal(ended.status, 'rejected');
    assert.equal((ended.error as { started?: unknown }).started, true);
  };
}

/** Rejected with the error itself, or with a lost thread whose cause it is. */
export function failed(name: string, message: string): FaultRow['ends'] {
  return (ended) => {
    assert.equal(ended.status, 'rejected', `expected ${name}: ${message}`);
    const { error } = ended;
    assert.ok(error instanceof Error);
    const own = 'code' in error && error.code === 'PLUSTWO_THREAD_LOST' ? error.cause : error;
    assert.ok(own instanceof Error);
    assert.equal(`${own.name}: ${own.message}`, `${name}: ${message}`);
  };
}

/** Rejected with just that. */
export function thrown(expected: unknown): FaultRow['ends'] {
  return (ended) => {
    assert.deepEqual(ended, { status: 'rejected', error: expected });
  };
}

/** Fulfilled with an equal value. */
export function value(expected: unknown): FaultRow['ends'] {
  return (ended) => {
    assert.deepEqual(ended, { status: 'fulfilled', value: expected });
  };
}

function big(ended: Ended<unknown>): void {
  assert.equal(ended.status, 'fulfilled', 'expected 200 MB');
  const bytes = ended.value as Uint8Array;
  assert.equal(bytes.length, 200 * 1024 * 1024);
  assert.equal(bytes.at(-1), 42);
}
