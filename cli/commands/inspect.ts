import { setTimeout as after } from 'node:timers/promises';
import type { Host } from '../host.js';
import { runInspected } from '../inspect/inspected.js';
import { Inspector } from '../inspect/inspector.js';
import { openView, type View } from '../inspect/view.js';
import type { InspectOptions } from './inspect-options.js';

/**
 * `plustwo inspect`: runs a command, and shows meanwhile what the supervisors in it have open. Answers with the command's own exit
 * code. Throws a `UsageError` when the command cannot be started.
 */
export async function inspect(options: InspectOptions, host: Host): Promise<number> {
  const view = openView(options, host);
  const inspector = new Inspector((problem) => view.tell(problem));
  const over = new AbortController();
  try {
    await inspector.listen();
    const running = runInspected(options.command, { ...host.env, PLUSTWO_INSPECT: inspector.address });
    const following = follow(inspector, view, options.intervalMs, over.signal);
    const exitCode = await running;
    over.abort();
    await following;
    const last = await inspector.readLast();
    view.end(last, inspector.peak ?? last, inspector.readings);
    return exitCode;
  } finally {
    over.abort();
    view.leave();
    inspector.close();
  }
}

/** Reads and shows at this pace, until it is over. */
async function follow(inspector: Inspector, view: View, intervalMs: number, over: AbortSignal): Promise<void> {
  const isOver = (): boolean => over.aborted;
  while (!isOver()) {
    const reading = await inspector.read();
    if (!isOver()) view.show(reading);
    // Rejects when it is over, which the loop sees by itself.
    await after(intervalMs, undefined, { signal: over }).catch(() => undefined);
  }
}
