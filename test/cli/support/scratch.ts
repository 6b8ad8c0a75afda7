import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';

/** A directory of its own for the tests of a file, gone when they are over. */
export function scratch(name: string): string {
  const directory = mkdtempSync(join(tmpdir(), `plustwo-${name}-`));
  after(() => rmSync(directory, { recursive: true }));
  return directory;
}
