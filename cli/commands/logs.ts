import { exitCodes } from '../exit-codes.js';
import type { Host } from '../host.js';
import { Faults } from '../logs/faults.js';
import { refuseFile } from '../logs/log-directory.js';
import { type LogFile, listLogFiles, mayHoldSince } from '../logs/log-files.js';
import { Output, OutputError } from '../output.js';
import { UsageError } from '../usage-error.js';
import { followLogs } from './follow-logs.js';
import { listLogs } from './list-logs.js';
import type { LogsOptions } from './logs-options.js';
import { tellStories } from './tell-stories.js';

/** `plustwo logs`: tells what the log files of a directory hold. Answers with the exit code. Throws a `UsageError` where there are none,
 * or where one of their files was given. */
export async function logs(options: LogsOptions, host: Host): Promise<number> {
  refuseFile(options.directory);
  const faults = new Faults();
  const broken = new AbortController();
  const output = new Output(host.stdout, { onFailure: () => broken.abort(), beforeWrite: () => undefined });
  try {
    const code = options.follow
      ? await followLogs(options, { host, faults, output, broken: broken.signal })
      : await search(options, host, output, faults);
    await output.end();
    tellFaults(faults, host);
    return code;
  } catch (error) {
    if (!(error instanceof OutputError)) throw error;
    if (error.readerGone) return exitCodes.brokenPipe;
    host.stderr.write(`plustwo: ${error.message}\n`);
    return exitCodes.no;
  }
}

async function search(options: LogsOptions, host: Host, output: Output, faults: Faults): Promise<number> {
  const all = filesOf(options);
  const { since = -Infinity } = options.wanted;
  // A story that is not over by then may have begun at any time before.
  const files = isStory(options) ? all : all.filter((file) => mayHoldSince(file, since));
  const tell = isStory(options) ? tellStories : listLogs;
  if (await tell(files, options, { host, output, faults })) return faults.areUnread ? exitCodes.no : exitCodes.ok;
  await output.end();
  host.stderr.write(`plustwo: nothing found in ${describe(all, files)} of ${options.directory}\n`);
  return exitCodes.no;
}

/** One task is told as a story; whoever asks for a level or a text wants those lines. */
function isStory({ json, wanted: { task, level, grep } }: LogsOptions): boolean {
  return task !== undefined && !json && level === undefined && grep === undefined;
}

function filesOf({ directory, incidents }: LogsOptions): LogFile[] {
  const { files, found } = listLogFiles(directory);
  const next = `To write logs there: plustwo run --log-dir ${directory} <module> …; others are read by plustwo logs <directory>.`;
  if (found.length === 0) throw new UsageError(`There is no directory '${directory}'.`, next);
  if (found.length === 1 && files.length === 0) {
    throw new UsageError(`There are no logs in '${directory}': no app/, no incidents/, no files of either.`, next);
  }
  return files.filter(({ kind }) => !incidents || kind === 'incidents');
}

function describe(all: readonly LogFile[], searched: readonly LogFile[]): string {
  const [first, last] = [all[0], all.at(-1)];
  if (!first || !last) return 'the files, of which there are none yet,';
  const hours = `from ${hourOf(first)} to ${hourOf(last)}`;
  if (searched.length === 0) return `the ${all.length} files, which are ${hours} and so before --since,`;
  const some = searched.length < all.length ? `${searched.length} of ` : '';
  return `${some}${all.length} ${all.length === 1 ? 'file' : 'files'}, ${hours}Z,`;
}

function hourOf({ hour }: LogFile): string {
  return new Date(hour).toISOString().slice(0, 13);
}

function tellFaults(faults: Faults, { stderr, cwd }: Host): void {
  for (const sentence of faults.sentences(cwd())) stderr.write(`plustwo: ${sentence}\n`);
}
