/** Which interpreter a script asks for in its first line. It leaks on purpose. */
import { closeSync, openSync, readSync } from 'node:fs';

export function shebang(path: string): string | null {
  const file = openSync(path, 'r');
  const start = Buffer.alloc(128);
  readSync(file, start);
  const [line = ''] = start.toString().split('\n');
  if (!line.startsWith('#!')) return null; // the way out on which the file stays open
  closeSync(file);
  return line.slice(2);
}
