import type { Failure } from '../../workers/protocol/messages.js';
import type { Kind } from '../../workers/protocol/outcome.js';
import type { WireError } from '../../workers/protocol/wire-error.js';
import type { Behaviour } from './behaviour.js';
import type { FakeCall } from './fake-calls.js';
import type { Ended } from './fake-memory.js';

/** An attempt that was taken from the inbox. */
export interface FakeAttempt {
  readonly entry: number;
  readonly id: number;
  readonly attempt: number;
  readonly task: number;
  readonly kind: Kind;
  readonly label: string;
  state: 'waiting' | 'running' | 'ended';
  behaviour: Behaviour | undefined;
  /** What it is calling. */
  call: FakeCall | undefined;
}

export function okOf(run: FakeAttempt): Ended {
  return { ok: true, value: run.id };
}

export function failure(of: Failure): Ended {
  return { ok: false, failure: of };
}

export function text(value: string): WireError {
  return { kind: 'value', value };
}
