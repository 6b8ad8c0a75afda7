import type { MapItem, Usage } from '../../runtime/index.js';
import { itemKey } from '../item-key.js';
import { jsonText } from './json-text.js';
import { thrownFields } from './thrown.js';

/** Turns a settled item into the text of its result; empty when there is nothing to print. Throws what `jsonText` throws. */
export type RenderResult = (item: MapItem<unknown, unknown>) => string;

/** One JSON object and a line end. */
export const ndjsonResult: RenderResult = (item) => {
  const { usage } = item;
  const outcome = item.status === 'ok' ? `"value":${jsonText(item.value)}` : `"error":${thrownText(item.error)}`;
  return (
    `{"index":${item.index},"key":${JSON.stringify(itemKey(item.input))},"input":${jsonText(item.input)},` +
    `"status":"${item.status}",${outcome},"attempts":${usage.attempts},"waitMs":${milliseconds(usage.waitMs)},` +
    `"runMs":${milliseconds(usage.runMs)},"cpuMs":${milliseconds(usage.cpuMs)},"slot":${usage.slot},` +
    `"heapDeltaBytes":${usage.heapDeltaBytes},"descriptors":${descriptorsText(usage.descriptors)}}\n`
  );
};

/** The value alone: a string as it is, anything else as JSON. Nothing for a failure or a task that returns nothing. */
export const plainResult: RenderResult = (item) => {
  if (item.status !== 'ok' || item.value === undefined) return '';
  return `${typeof item.value === 'string' ? item.value : jsonText(item.value)}\n`;
};

/** Written by hand where nothing is left open, as nearly always: the general way costs as much as the rest of a small result. */
function descriptorsText({ opened, leaked }: Usage['descriptors']): string {
  return `{"opened":${opened},"leaked":${leaked.length === 0 ? '[]' : JSON.stringify(leaked)}}`;
}

function thrownText(thrown: unknown): string {
  const fields = thrownFields(thrown);
  try {
    return jsonText(fields);
  } catch {
    // An error that carries its request, its socket and so on, round in a circle: what it says is worth more than
    // what it carries.
    const { name, message, code, stack } = fields;
    return jsonText({ name, message, code: typeof code === 'string' ? code : undefined, stack });
  }
}

/** Microseconds are as fine as the clocks behind these figures. */
function milliseconds(value: number | null): number | null {
  return value === null ? null : Math.round(value * 1000) / 1000;
}
