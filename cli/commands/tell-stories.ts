import { Faults } from '../logs/faults.js';
import { Filter } from '../logs/filter.js';
import type { LogFile } from '../logs/log-files.js';
import { filesAround, MissingLines, missingNeedle } from '../logs/missing.js';
import { Search } from '../logs/search.js';
import { Stories } from '../logs/stories.js';
import type { Story } from '../logs/story.js';
import { FoundText } from '../render/found-text.js';
import { paintFor } from '../render/paint.js';
import { columnsOf } from '../render/progress.js';
import { type StoryLayout, storyText } from '../render/story.js';
import { formatCount } from '../render/units.js';
import { fold } from '../render/width.js';
import type { TellRim } from './list-logs.js';
import type { LogsOptions } from './logs-options.js';

/** Everything about one task, as a story; one for each run that had a task of this id. Answers whether there were any. */
export async function tellStories(
  files: readonly LogFile[],
  { wanted }: LogsOptions,
  { host, output, faults }: TellRim,
): Promise<boolean> {
  const text = new FoundText(false, host, faults);
  const { task } = wanted;
  const stories = new Stories();
  const torn: string[] = [];
  // A story is told whole: which name and which time are asked for chooses among stories.
  const search = new Search(new Filter(task === undefined ? {} : { task }), faults);
  for (const file of files) {
    for await (const found of search.in(file)) {
      for (const one of found) {
        if (one.kind === 'record') stories.add(one.record);
        else torn.push(text.of(one));
      }
    }
  }
  const told = stories.all.filter((story) => isWanted(story, wanted));
  await addMissing(told, files);
  const { stdout } = host;
  const layout: StoryLayout = { columns: stdout.isTTY ? columnsOf(stdout) : Infinity, paint: paintFor(stdout) };
  if (told.length > 1) await output.write(runsNote(told.length, layout));
  for (const [index, story] of told.entries()) {
    await output.write(`${index === 0 ? '' : '\n'}${storyText(story, layout)}`);
  }
  for (const one of torn) await output.write(one);
  return told.length > 0 || torn.length > 0;
}

function isWanted(
  { name, first, last }: Story,
  { name: wanted, since = -Infinity, until = Infinity }: LogsOptions['wanted'],
) {
  return (wanted === undefined || wanted === name) && last >= since && first <= until;
}

/** What is missing in these stories; most of the files are not looked at for that. */
async function addMissing(stories: readonly Story[], files: readonly LogFile[]): Promise<void> {
  const missing = new MissingLines(stories);
  // What is wrong with these files was noted when they were read before.
  const search = new Search(new Filter({}, missingNeedle), new Faults());
  for (const file of filesAround(stories, files)) {
    for await (const found of search.in(file)) {
      for (const one of found) if (one.kind === 'record') missing.add(one.record);
    }
  }
}

function runsNote(runs: number, { columns, paint }: StoryLayout): string {
  const note = `${formatCount(runs)} runs had a task of this id: ids begin anew with each supervisor. The newest comes last.`;
  return `${fold(note, columns)
    .map((part) => paint('dim', part))
    .join('\n')}\n\n`;
}
