import type { MapItem } from '../../runtime/index.js';
import { itemKey } from '../item-key.js';
import { thrownFields } from '../render/thrown.js';
import type { Failure, ItemStatus } from './run-report.js';

const keptFailures = 100;
const labelLength = 200;
const messageLength = 1000;

/** Counts settled items by status and keeps the first failures. What it holds does not grow with the run. */
export class Tally {
  readonly counts: Record<ItemStatus, number> = { ok: 0, failed: 0, cancelled: 0, 'timed-out': 0, lost: 0 };
  readonly failures: Failure[] = [];
  #done = 0;

  get done(): number {
    return this.#done;
  }

  /** Items that are not ok. */
  get failed(): number {
    return this.#done - this.counts.ok;
  }

  add(item: MapItem<unknown, unknown>): void {
    this.#done++;
    this.counts[item.status]++;
    if (item.status === 'ok' || this.failures.length >= keptFailures) return;
    this.failures.push({
      index: item.index,
      key: itemKey(item.input),
      label: label(item.input),
      status: item.status,
      attempts: item.usage.attempts,
      error: shortError(item.error),
    });
  }
}

function label(input: unknown): string {
  return (typeof input === 'string' ? input : JSON.stringify(input)).slice(0, labelLength);
}

function shortError(thrown: unknown): Failure['error'] {
  const { name, message, code, output, dependency } = thrownFields(thrown);
  return {
    name,
    message: message.slice(0, messageLength),
    code: typeof code === 'string' ? code : undefined,
    // Properties that other errors may have as well, and mean something else by.
    ...(code === 'PLUSTWO_THREAD_LOST' && typeof output === 'string' && output !== '' ? { output } : {}),
    ...(code === 'PLUSTWO_BAD_OPTION' && typeof dependency === 'string' ? { dependency } : {}),
  };
}
