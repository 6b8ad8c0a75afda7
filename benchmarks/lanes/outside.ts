/** A process of its own that makes the same trouble in a pool of its own, when told to. Arguments: trouble, threads, steps. */
import { Supervisor } from '../../runtime/index.js';
import { bring, loadWork, type Trouble, UNTIRING } from './trouble.js';

const [trouble = '', threads, steps] = process.argv.slice(2);
const supervisor = new Supervisor({ threads: Number(threads), restart: UNTIRING });
const work = await loadWork(supervisor);
let end: (() => Promise<void>) | undefined;

process.on('message', (wish) => {
  void (async () => {
    if (wish === 'begin') end = await bring(trouble as Trouble, work, Number(steps));
    else if (wish === 'end') await end?.();
    else if (wish === 'close') {
      await supervisor.close({ timeout: 0 });
      process.disconnect();
      return;
    }
    process.send?.('done');
  })();
});
process.send?.('up');
