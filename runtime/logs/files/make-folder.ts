import * as system from 'node:fs';
import { dirname } from 'node:path';
import { codeOf } from './sink-notice.js';

type FolderCalls = Pick<typeof system, 'mkdirSync' | 'statSync'>;

/**
 * Makes a directory, and those above it, where they are missing.
 *
 * Not by `recursive: true`: that takes `ENOENT` for a parent that is missing, makes that, and tries again. Below `/proc` and its like, where
 * nothing can be made and everything is answered so, it never ends.
 *
 * @throws the system's error where it cannot be made, or something else has its name
 */
export function makeFolder(path: string, files: FolderCalls = system): void {
  if (make(path, files)) return;
  const parent = dirname(path);
  if (parent !== path) makeFolder(parent, files);
  files.mkdirSync(path);
}

/** Whether it is there now; not where what is above it may be missing. */
function make(path: string, files: FolderCalls): boolean {
  try {
    files.mkdirSync(path);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return false;
    if (!isFolder(path, files)) throw error;
  }
  return true;
}

function isFolder(path: string, files: FolderCalls): boolean {
  try {
    return files.statSync(path).isDirectory();
  } catch {
    // Why it could not be made says more.
    return false;
  }
}
