import { inOrder, type Source } from './in-order.js';
import type { LogFile } from './log-files.js';
import type { Found } from './search.js';

/** Files by their hour, the oldest first. */
export function byHour(files: readonly LogFile[]): LogFile[][] {
  const hours = new Map<number, LogFile[]>();
  for (const file of files) hours.set(file.hour, [...(hours.get(file.hour) ?? []), file]);
  return [...hours].sort(([a], [b]) => a - b).map(([, ofHour]) => ofHour);
}

/** Files one hour after the other, those of one hour merged: what is written to an hour that is packed goes to a file of its own. */
export async function* hourByHour(files: readonly LogFile[], open: (file: LogFile) => Source): AsyncGenerator<Found[]> {
  for (const hour of byHour(files)) yield* inOrder(hour.map(open));
}
