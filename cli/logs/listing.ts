import type { Faults } from './faults.js';
import type { Filter } from './filter.js';
import { hourByHour } from './hour-by-hour.js';
import { inOrder } from './in-order.js';
import { IncidentHours } from './incident-hours.js';
import type { LogFile } from './log-files.js';
import { type Found, Search } from './search.js';
import { sorted } from './sorted.js';

/**
 * What is asked for in all these files, in the order of its time, each record once: the lines of a task that failed stand in the app log
 * and in the incidents. Of these two the incident's copy is told, which says whose it is. The app log may have millions of lines and goes
 * through a window; of the incidents an hour is in memory.
 */
export async function* listRecords(files: readonly LogFile[], filter: Filter, faults: Faults): AsyncGenerator<Found[]> {
  const search = new Search(filter, faults);
  const appFiles = files.filter(({ kind }) => kind === 'app');
  const app = sorted(hourByHour(appFiles, (file) => search.in(file)));
  const incidentFiles = files.filter(({ kind }) => kind === 'incidents');
  if (incidentFiles.length === 0) {
    yield* app;
    return;
  }
  const incidents = new IncidentHours(filter);
  await incidents.look(incidentFiles, faults);
  yield* inOrder([incidents.all(), incidents.without(app)]);
}
