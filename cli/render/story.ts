import {
  type Anomaly,
  type Attempt,
  beginOf,
  beginOfStory,
  type Ended,
  gapsOf,
  type Note,
  type Story,
  type StoryLine,
  type Thrown,
} from '../logs/story.js';
import { attributesText } from './attributes.js';
import type { Paint } from './paint.js';
import { reasonOf, withReason } from './reason.js';
import { marksOf } from './record-line.js';
import { formatBytes, formatCount, formatDuration, plural } from './units.js';
import { visible } from './visible.js';
import { fold, pad } from './width.js';

/** How and for whom. */
export interface StoryLayout {
  /** No line is wider; `Infinity` where no terminal would break it. */
  columns: number;
  paint: Paint;
}

type Format = Parameters<Paint>[0];

const offsetWidth = 9;
const tagWidth = 5;
const gutter = 2 + offsetWidth + 2 + tagWidth + 2;
const narrowest = 20;

const tagFormats: Readonly<Record<string, Format>> = {
  err: 'yellow',
  debug: 'dim',
  info: 'cyan',
  warn: 'yellow',
  error: 'red',
};

/** One task from its submission to its end, for a person. */
export function storyText(story: Story, layout: StoryLayout): string {
  const teller = new Teller(story, layout);
  return `${teller.lines().join('\n')}\n`;
}

class Teller {
  readonly #story: Story;
  readonly #begin: number;
  readonly #columns: number;
  readonly #paint: Paint;

  constructor(story: Story, { columns, paint }: StoryLayout) {
    this.#story = story;
    this.#begin = beginOfStory(story);
    this.#columns = columns;
    this.#paint = paint;
  }

  lines(): string[] {
    const { attempts, ended } = this.#story;
    return [
      ...this.#head(),
      ...attempts.flatMap((attempt, index) => this.#attempt(attempt, attempts[index - 1])),
      ...this.#missing(),
      ...this.#anomalies(),
      '',
      ...(ended ? this.#end(ended) : [this.#paint('yellow', 'its end is not in the logs')]),
    ];
  }

  #head(): string[] {
    const { name, taskId, instance, pid, traceId, spanId, ended, attempts } = this.#story;
    const outcome = ended ? this.#paint(formatOf(ended.outcome), visible(ended.outcome)) : '';
    const facts = [
      ended?.attempts === 0 ? 'never began' : `began ${new Date(this.#begin).toISOString()}`,
      ...(instance === undefined ? [] : [`run ${visible(instance)}`]),
      ...(pid === undefined ? [] : [`process ${pid}`]),
    ];
    const trace = [
      ...(traceId === undefined ? [] : [`trace ${visible(traceId)}`]),
      ...(spanId === undefined ? [] : [`span ${visible(spanId)}`]),
    ];
    const waited = waitOf(attempts, ended);
    return [
      `${this.#paint('bold', `${visible(name ?? 'task')} #${taskId}`)}  ${outcome}`.trimEnd(),
      ...this.#dim(facts.join(', ')),
      ...(trace.length === 0 ? [] : this.#dim(trace.join(', '))),
      ...(waited === undefined ? [] : ['', `waited ${formatDuration(waited)}`]),
    ];
  }

  #attempt(attempt: Attempt, before: Attempt | undefined): string[] {
    const { number, slot, generation, lines, notes, ended, runMs } = attempt;
    const thread = slot === undefined ? '' : ` on thread ${slot}${generation === undefined ? '' : `.${generation}`}`;
    const begin = beginOf(attempt);
    const later = before === undefined || begin === undefined ? undefined : Math.max(0, begin - this.#begin);
    const since = later === undefined ? '' : `, ${formatDuration(later)} later`;
    const again = before?.number === number ? ' again' : '';
    const ran = runMs === undefined ? '' : `, ran ${formatDuration(runMs)}`;
    const gaps = gapsOf(attempt);
    const isLast = attempt === this.#story.attempts.at(-1);
    return [
      '',
      `${this.#paint('bold', `attempt ${number}${again}`)}${this.#paint('dim', `${thread}${since}${ran}`)}`,
      ...lines.flatMap((line, index) => [...this.#gap(gaps[index] ?? 0), ...this.#line(line)]),
      ...notes.flatMap((note) => this.#note(note)),
      // How the last one ended is how the task did.
      ...(ended && !(isLast && this.#story.ended) ? this.#note(withThrown(ended, attempt.thrown), 'red') : []),
    ];
  }

  #gap(missing: number): string[] {
    if (missing === 0) return [];
    return [this.#paint('dim', `${' '.repeat(gutter)}… ${plural(missing, 'line')} not kept`)];
  }

  #line({ at, source, level, text, attributes, isPartial, isBinary }: StoryLine): string[] {
    const tag = source === 'log' ? level : source;
    const { text: more, stack } = attributesText(attributes);
    const line = `${text}${more === '' ? '' : ` ${more}`}${marksOf(isPartial, isBinary)}`;
    return this.#row(at, tag, stack === undefined ? line : `${line}\n${stack}`);
  }

  #note({ at, text }: Note, format: Format = 'dim'): string[] {
    return this.#row(at, '-', text, format);
  }

  /** A text beside its time, its further lines below its first one. */
  #row(at: number, tag: string, text: string, format?: Format): string[] {
    const offset = pad(formatOffset(at - this.#begin), offsetWidth, 'right');
    const [first = '', ...more] = this.#folded(text, gutter);
    const painted = format === undefined ? first : this.#paint(format, first);
    const shownTag = this.#paint(tagFormats[tag] ?? 'dim', pad(visible(tag), tagWidth));
    return [
      `  ${this.#paint('dim', offset)}  ${shownTag}  ${painted}`.trimEnd(),
      ...more.map((part) => ' '.repeat(gutter) + (format === undefined ? part : this.#paint(format, part))),
    ];
  }

  #missing(): string[] {
    const { missing } = this.#story;
    if (missing.length === 0) return [];
    const lines = missing.flatMap(({ count, text }) => this.#indented(`${plural(count, 'line')} ${text}`));
    return ['', this.#paint('bold', 'left out meanwhile'), ...lines];
  }

  #anomalies(): string[] {
    const { anomalies } = this.#story;
    if (anomalies.length === 0) return [];
    const lines = anomalies.flatMap((anomaly) => this.#row(anomaly.at, '-', anomalyText(anomaly), 'yellow'));
    return ['', this.#paint('bold', anomalies.length === 1 ? 'anomaly' : 'anomalies'), ...lines];
  }

  #end(ended: Ended): string[] {
    const { attempts, incidents } = this.#story;
    const tries = ended.attempts ?? new Set(attempts.map(({ number }) => number)).size;
    const outcome = this.#paint(formatOf(ended.outcome), visible(ended.outcome));
    const when =
      tries === 0
        ? `at ${new Date(ended.at).toISOString()}`
        : `after ${formatDuration(Math.max(0, ended.at - this.#begin))}`;
    const thrown = ended.thrown === undefined ? [] : thrownText(ended.thrown).split('\n');
    return [
      `${outcome} ${when}${tries > 1 ? `, ${plural(tries, 'attempt')}` : ''}`,
      ...thrown.flatMap((line, index) => this.#indented(line, index === 0 ? 'red' : 'dim')),
      ...this.#dim(usageText(ended)),
      ...incidents.flatMap(({ id, kind }) => this.#dim(`incident ${id}${kind === undefined ? '' : ` (${kind})`}`)),
    ];
  }

  #indented(text: string, format?: Format): string[] {
    return this.#folded(text, 2).map((part) => `  ${format === undefined ? part : this.#paint(format, part)}`);
  }

  #dim(text: string): string[] {
    return text === '' ? [] : this.#folded(text, 0).map((part) => this.#paint('dim', part));
  }

  /** The lines of a text, so that they fit beside what stands before them. */
  #folded(text: string, before: number): string[] {
    const width = Math.max(narrowest, this.#columns - before);
    return text.split('\n').flatMap((line) => fold(visible(line.replace(/\r$/, '')), width));
  }
}

function formatOf(outcome: string): Format {
  return outcome === 'ok' ? 'green' : 'red';
}

/** How long the first attempt was waited for. Of later ones, and later runs, it is known as well, but those before are in it. */
function waitOf([first, next]: readonly Attempt[], ended: Ended | undefined): number | undefined {
  if (next !== undefined && next.number === first?.number) return undefined;
  if (first?.number === 1 && first.waitMs !== undefined) return first.waitMs;
  return ended?.attempts === 1 ? ended.waitMs : undefined;
}

/** The time since the beginning. Clocks of threads differ a little, and nothing comes before it. */
function formatOffset(ms: number): string {
  const passed = Math.max(0, ms);
  if (passed < 999.5) return `+${Math.round(passed)} ms`;
  return passed < 59_999.5 ? `+${(passed / 1000).toFixed(3)} s` : `+${formatDuration(passed)}`;
}

function withThrown({ at, text }: Note, thrown: Thrown | undefined): Note {
  const { type, message } = thrown ?? {};
  return { at, text: message === undefined ? text : withReason(text, type, message) };
}

function thrownText({ type, message = '', stack }: Thrown): string {
  const head = reasonOf(type, message);
  if (stack === undefined) return head;
  return message === '' || stack.includes(message) ? stack : `${head}\n${stack}`;
}

function anomalyText({ type, text, value, threshold, baseline }: Anomaly): string {
  if (text !== 'anomaly') return `${type}: ${text}`;
  const figures = [
    ...(value === undefined ? [] : [formatCount(value)]),
    ...(threshold === undefined ? [] : [`at most ${formatCount(threshold)} expected`]),
    ...(baseline === undefined ? [] : [`usually ${formatCount(baseline)}`]),
  ];
  return [type, ...figures].join(', ');
}

/** What it cost; the last attempt's, as far as it was measured. */
function usageText({ runMs, cpuMs, heapDeltaBytes, descriptorsOpened, descriptorsLeaked }: Ended): string {
  const parts = [
    ...(runMs === undefined ? [] : [`ran ${formatDuration(runMs)}`]),
    ...(cpuMs === undefined ? [] : [`CPU ${formatDuration(cpuMs)}`]),
    ...(heapDeltaBytes === undefined ? [] : [`heap ${heapDeltaBytes < 0 ? '' : '+'}${formatBytes(heapDeltaBytes)}`]),
    ...(descriptorsOpened === undefined ? [] : [`${plural(descriptorsOpened, 'descriptor')} opened`]),
    ...(descriptorsLeaked === undefined || descriptorsLeaked === 0 ? [] : [`${formatCount(descriptorsLeaked)} leaked`]),
  ];
  return parts.join(', ');
}
