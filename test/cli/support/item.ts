import type { MapItem } from '../../../runtime/index.js';

type Item = MapItem<unknown, unknown>;

const usage: Item['usage'] = {
  attempts: 1,
  slot: 2,
  estimated: false,
  waitMs: 0.41234,
  runMs: 1.23456,
  cpuMs: 1.1,
  heapDeltaBytes: 0,
  descriptors: { opened: 0, leaked: [] },
};

/** A settled item that went well. */
export function okItem(input: unknown, value: unknown, index = 0): Item {
  return { index, input, status: 'ok', value, usage };
}

/** A settled item that did not. */
export function failedItem(input: unknown, error: unknown, index = 0): Item {
  return { index, input, status: 'failed', error, usage: { ...usage, attempts: 3 } };
}
