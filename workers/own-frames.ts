import { join, sep } from 'node:path';
import { OWN } from './ledger/site.js';

const FRAME = /^\s+at /;
/** The bundle, and what it was made of: with source maps Node names that. */
const OURS = [OWN, join(OWN, '../../workers')].map((folder) => folder + sep);
const NODES = /(?:at (?:async )?|\()node:/;

/**
 * A stack without the frames it ends with that are ours, and Node's around them: how a handler was called says nothing about what it did.
 * Ours between frames of the user's stay, and so do Node's where nothing else would.
 */
export function withoutOwnFrames(stack: string): string {
  const lines = stack.split('\n');
  let users = lines.length - 1;
  let firstOfOurs = 0;
  for (; users > 0; users--) {
    const line = lines[users] ?? '';
    if (!FRAME.test(line)) break;
    if (OURS.some((folder) => line.includes(folder))) firstOfOurs = users;
    else if (!NODES.test(line)) break;
  }
  if (firstOfOurs === 0) return stack;
  const end = FRAME.test(lines[users] ?? '') ? users + 1 : firstOfOurs;
  return FRAME.test(lines[end - 1] ?? '') ? lines.slice(0, end).join('\n') : stack;
}
