/** Which interpreter a script asks for in its first line. Three ways to close the file whatever happens. */
import { closeSync, openSync, readSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { task } from 'plustwo/task';

const interpreter = (start: Buffer): string | null => /^#!(.*)/.exec(start.toString())?.[1] ?? null;

/** Needs nothing of ours. */
export function tryFinally(path: string): string | null {
  const file = openSync(path, 'r');
  try {
    const start = Buffer.alloc(128);
    readSync(file, start);
    return interpreter(start);
  } finally {
    closeSync(file);
  }
}

/** What is deferred runs when the attempt ends, whatever ended it: an error nobody caught included. */
export const defer = task({}, (path: string, ctx): string | null => {
  const file = openSync(path, 'r');
  ctx.defer(() => closeSync(file));
  const start = Buffer.alloc(128);
  readSync(file, start);
  return interpreter(start);
});

/** Closed where the block ends. */
export async function awaitUsing(path: string): Promise<string | null> {
  await using file = await open(path);
  const start = Buffer.alloc(128);
  await file.read(start);
  return interpreter(start);
}
