import type { Host } from '../host.js';
import type { Faults } from '../logs/faults.js';
import { Filter } from '../logs/filter.js';
import { listRecords } from '../logs/listing.js';
import type { LogFile } from '../logs/log-files.js';
import { RepeatedHeads } from '../logs/repeated-heads.js';
import type { Output } from '../output.js';
import { FoundText } from '../render/found-text.js';
import type { LogsOptions } from './logs-options.js';

/** What telling needs. */
export interface TellRim {
  host: Host;
  output: Output;
  faults: Faults;
}

/** Whether the heads of incidents are told also where what they say is told anyway: to whoever asks for incidents, or for all there is. */
export function tellsHeads({ json, incidents }: LogsOptions): boolean {
  return json || incidents;
}

/** One line for each record, as far as the reader takes them. Answers whether there were any. */
export async function listLogs(files: readonly LogFile[], options: LogsOptions, rim: TellRim): Promise<boolean> {
  const text = new FoundText(options.json, rim.host, rim.faults);
  const heads = tellsHeads(options) ? undefined : new RepeatedHeads();
  let isAny = false;
  for await (const found of listRecords(files, new Filter(options.wanted), rim.faults)) {
    for (const one of heads?.passNew(found) ?? found) {
      const line = text.of(one);
      isAny ||= line !== '';
      // Most of a million lines are taken at once.
      const room = rim.output.write(line);
      if (room) await room;
    }
  }
  return isAny;
}
