import type { Handle, MapItem, MapOptions } from '../../runtime/index.js';
import type { Feed } from '../inputs/feed.js';
import { type Output, OutputError } from '../output.js';
import type { RenderResult } from '../render/results.js';
import { hasCode } from './has-code.js';
import type { Ending } from './run-report.js';
import type { Tally } from './tally.js';

type Item = MapItem<unknown, unknown>;

/** What a batch is made of. */
export interface Batch {
  handle: Handle<unknown, unknown>;
  feed: Feed;
  options: MapOptions;
  render: RenderResult;
  output: Output;
  tally: Tally;
}

/** Runs the handler over the feed, result by result, no faster than somebody takes them. Answers why it ended. */
export async function runBatch(batch: Batch): Promise<Ending> {
  const { handle, feed, options, output } = batch;
  let givenUp: string | undefined;
  try {
    for await (const item of handle.map(feed, options)) {
      if (item.status !== 'ok' && hasCode(item.error, 'PLUSTWO_RESTART_INTENSITY')) {
        givenUp ??= item.error.message;
        feed.stop();
      }
      const room = output.write(settle(item, batch));
      if (room) await room;
    }
    await output.end();
  } catch (error) {
    if (!(error instanceof OutputError)) throw error;
    return error.readerGone ? { by: 'reader' } : { by: 'output', message: error.message };
  }
  if (givenUp !== undefined) return { by: 'threads', message: givenUp };
  if (feed.failure) return { by: 'input', message: feed.failure.message };
  return { by: 'inputs-done' };
}

/** Counts an item and gives the text of its result. */
function settle(item: Item, { render, tally }: Batch): string {
  // Read ahead and not begun when the run was stopped: it has no result, and a later run will find it undone.
  if (item.status !== 'ok' && hasCode(item.error, 'PLUSTWO_CLOSED') && !item.error.started) return '';
  try {
    const text = render(item);
    tally.add(item);
    return text;
  } catch (error) {
    const failed = withoutValue(item, error as Error);
    tally.add(failed);
    return render(failed);
  }
}

/** An item whose value cannot be written has failed, whatever its task thinks: there would be nothing to show for it. */
function withoutValue({ index, input, usage }: Item, error: Error): Item {
  const [reason] = error.message.split('\n');
  const cause = new Error(`the result cannot be written as JSON: ${String(reason)}`, { cause: error });
  return { index, input, usage, status: 'failed', error: cause };
}
