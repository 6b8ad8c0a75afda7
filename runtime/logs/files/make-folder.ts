import * as system from 'node:fs';
import { dirname } from 'node:path';
import { codeOf } from './sink-notice.js';

/**
 * Makes a directory, and those above it, where they are missing.
 *
 * Node's own way of doing so takes `ENOENT` for a parent that is missing, makes that, and tries again. In `/proc` and its like, where nothing
 * can be made and everything is answered so, it never ends.
 *
 * @throws the system's error where it cannot be made, or something else has its name
 */
export function makeFolder(path: string, files: Pick<typeof system, 'mkdirSync' | 'statSync'> = system): void {
  try {
    make(path, files);
  } catch (error) {
    const parent = dirname(path);
    if (codeOf(error) !== 'ENOENT' || parent === path) throw error;
    makeFolder(parent, files);
    make(path, files);
  }
}

function make(path: string, { mkdirSync, statSync }: Pick<typeof system, 'mkdirSync' | 'statSync'>): void {
  try {
    mkdirSync(path);
  } catch (error) {
    // On a file system that is read only, what is there already may be answered by other codes.
    if (statSync(path, { throwIfNoEntry: false })?.isDirectory() !== true) throw error;
  }
}
