import { hourMs, type LogFile } from './log-files.js';
import { identityOf, type LogRecord, numberOf, textOf } from './record.js';
import { beginOfStory, type Missing, type Story } from './story.js';

/** What a record of left-out or lost lines holds in its file. */
export const missingNeedle = '"event_name":"log.';

/** A window that is longer than this is not looked for. */
const longestWindowMs = hourMs;
/** That lines were lost is known when the others have been read. */
const droppedSlackMs = 1000;

/** The files that may say what was left out while one of these tasks ran. */
export function filesAround(stories: readonly Story[], files: readonly LogFile[]): LogFile[] {
  return files.filter(({ kind, hour }) => {
    const end = hour + hourMs;
    return kind === 'app' && stories.some(({ first, last }) => end > first && hour <= last + longestWindowMs);
  });
}

/**
 * Tells the stories what is missing in them: lines of tasks of this name that the gate left out while it ran, since whose they were is
 * not noted, and lines that found no room on their way out of its thread.
 */
export class MissingLines {
  readonly #stories: readonly Story[];
  readonly #known = new Set<string>();

  constructor(stories: readonly Story[]) {
    this.#stories = stories;
  }

  add(record: LogRecord): void {
    const identity = identityOf(record);
    if (identity !== undefined && this.#known.has(identity)) return;
    if (identity !== undefined) this.#known.add(identity);
    for (const story of this.#stories) {
      const missing = story.instance === textOf(record, 'service.instance.id') && missingOf(story, record);
      if (missing) story.missing.push(missing);
    }
  }
}

function missingOf(story: Story, record: LogRecord): Missing | undefined {
  const event = textOf(record, 'event_name');
  const windowMs = numberOf(record, 'suppressed.window_ms') ?? 0;
  if (record.at < beginOfStory(story)) return undefined;
  if (event === 'log.suppressed' && textOf(record, 'task.name') === story.name) {
    return record.at - windowMs > story.last ? undefined : suppressed(record, windowMs);
  }
  if (event !== 'log.dropped' || record.at - droppedSlackMs > story.last) return undefined;
  return isOfThread(story, record) ? dropped(record) : undefined;
}

function isOfThread({ attempts }: Story, record: LogRecord): boolean {
  const slot = numberOf(record, 'thread.slot');
  return attempts.some((attempt) => attempt.slot !== undefined && attempt.slot === slot);
}

function suppressed(record: LogRecord, windowMs: number): Missing {
  const what = textOf(record, 'suppressed.rule') ?? textOf(record, 'suppressed.kind') ?? 'one kind';
  return { count: numberOf(record, 'suppressed.count') ?? 0, text: `like ${what}, in ${windowMs / 1000} s` };
}

function dropped(record: LogRecord): Missing {
  return {
    count: numberOf(record, 'dropped.count') ?? 0,
    text: 'of its thread lost: printed faster than they were read',
  };
}
