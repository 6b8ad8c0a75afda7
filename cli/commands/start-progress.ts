import type { Supervisor } from '../../runtime/index.js';
import type { Host } from '../host.js';
import type { Feed } from '../inputs/feed.js';
import { Pace } from '../render/pace.js';
import { paintFor } from '../render/paint.js';
import { noProgress, type Progress, ProgressLine, ProgressLog } from '../render/progress.js';
import { ascii, blocks, type Figures } from '../render/progress-line.js';
import { isUnicode } from '../render/unicode.js';
import type { Circuits } from './circuits.js';
import type { RunOptions } from './run-options.js';
import type { Shutdown } from './shutdown.js';
import type { Tally } from './tally.js';

/** What the figures of a run are read from, and where they go. */
export interface Running {
  options: Pick<RunOptions, 'quiet' | 'progress' | 'inputs'>;
  host: Pick<Host, 'stdin' | 'stderr' | 'env'>;
  feed: Feed;
  tally: Tally;
  supervisor: Supervisor;
  circuits: Circuits;
  shutdown: Shutdown;
}

/** Starts to tell how a run goes: in place on a terminal that can, a sentence every ten seconds elsewhere. */
export function startProgress(running: Running, print: (line: string) => void): Progress {
  const { options, host } = running;
  if (options.quiet || !options.progress) return noProgress;
  // Somebody types the inputs; a line that redraws itself would write into theirs.
  if (options.inputs.in === '-' && host.stdin.isTTY) return noProgress;
  const read = figuresOf(running);
  const { stderr, env } = host;
  if (!stderr.isTTY || env['TERM'] === 'dumb') return new ProgressLog(print, read);
  return new ProgressLine(stderr, read, isUnicode(env) ? blocks : ascii, paintFor(stderr));
}

function figuresOf({ feed, tally, supervisor, circuits, shutdown }: Running): () => Figures {
  const pace = new Pace(performance.now());
  return () => {
    const { threads, dependencies } = supervisor.snapshot();
    return {
      done: tally.done,
      failed: tally.failed,
      total: feed.total,
      perSecond: pace.perSecond(tally.done, performance.now()),
      threadsRunning: threads.filter((thread) => thread.state === 'busy').length,
      stopping: shutdown.ending !== undefined,
      down: circuits.down(dependencies),
    };
  };
}
