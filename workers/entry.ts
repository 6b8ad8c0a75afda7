/** The file the pool loads in every thread. It always loads cleanly; task modules are imported later, by name. */
import type { MessagePort } from 'node:worker_threads';
import { isInFlight } from './ledger/closing.js';
import type { ToThread, Welcome } from './protocol/messages.js';
import { Thread } from './thread.js';
import { watchAccidents } from './unsound.js';

let thread: Thread | undefined;

/** What the pool calls for each message. */
function receive(message: ToThread<MessagePort>): Welcome | Promise<void> | undefined {
  switch (message.type) {
    case 'greeting': {
      // Where what is printed is captured, it goes where the supervisor has it go.
      if (message.output === 'stderr' && message.lines === undefined)
        process.stdout.write = process.stderr.write.bind(process.stderr);
      thread = new Thread(message);
      const { ledger } = thread;
      watchAccidents(thread.runner, thread.outcomes, () => ledger !== undefined && isInFlight(ledger));
      return thread.welcome();
    }
    case 'wake':
      if (thread === undefined) throw new Error('a thread was woken before it was greeted');
      return thread.runner.wake();
  }
}

export { receive as default };
