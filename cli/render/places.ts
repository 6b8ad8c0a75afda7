import { isAbsolute, relative } from 'node:path';
import { visible } from './visible.js';

/** A path, with or without a line behind it, as it is shortest to write: relative to the working directory where that is shorter. */
export function shortPath(path: string, cwd: string): string {
  if (!isAbsolute(path)) return visible(path);
  const near = relative(cwd, path);
  return visible(near !== '' && near.length < path.length ? near : path);
}
