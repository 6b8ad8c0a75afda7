// Measures every opener on the Node that runs it, and prints what it found as JSON.
import { Supervisor } from '../../runtime/index.js';
import { MEASURING, type Measured, measureOpener, type OpenerTasks } from './measure-openers.js';
import { type Opener, type OpenerModule, readOpeners } from './openers.js';
import { withPlace } from './with-place.js';

const measured: Measured[] = [];
await withPlace(async (place) => {
  await using supervisor = new Supervisor(MEASURING);
  const loaded = new Map<Opener, OpenerTasks>();
  for (const opener of await readOpeners()) {
    loaded.set(opener, await supervisor.load<Required<OpenerModule>>(opener.url));
  }
  for (const [opener, tasks] of loaded) measured.push(await measureOpener(supervisor, tasks, place, opener));
});
console.log(JSON.stringify(measured));
