// Which lines of Node the package is for, as `engines` of package.json says: `^` and `>=` versions, joined by `||`.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './run.mjs';

export const engines = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).engines.node;

/** Whether the newest Node of a line, such as 22 or 22.12, is one of them. */
export function isSupported(line) {
  const parts = /^(\d+)(?:\.(\d+))?(?:\.(\d+))?$/.exec(line)?.slice(1);
  if (parts === undefined) return false;
  const newest = parts.map((part) => (part === undefined ? Infinity : Number(part)));
  return engines.split(' || ').some((range) => {
    const least = range.match(/\d+/g).map(Number);
    const at = newest.findIndex((part, index) => part !== least[index]);
    return (at === -1 || newest[at] > least[at]) && (range.startsWith('>=') || newest[0] === least[0]);
  });
}
