import { statSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { UsageError } from '../usage-error.js';
import { folders, logFile } from './log-files.js';

/** Throws a `UsageError` where a file is given instead of the directory it is in, naming that. */
export function refuseFile(given: string): void {
  if (!isFile(given)) return;
  const folder = dirname(given);
  const isOurs = logFile(folder, basename(given)) !== undefined;
  const next = isOurs
    ? `Give the directory it is in: plustwo logs ${directoryOf(folder)}`
    : 'Give the directory that --log-dir of the run was: plustwo logs <directory>';
  throw new UsageError(`'${given}' is a file, and logs are read from their directory.`, next);
}

function isFile(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false })?.isFile() === true;
  } catch {
    // What is wrong with the path is told by whoever lists it.
    return false;
  }
}

/** What --log-dir was: the folder above `app/` or `incidents/`, or the folder itself where files of one were copied elsewhere. */
function directoryOf(folder: string): string {
  return folders.some((name) => name === basename(folder)) ? dirname(folder) : folder;
}
