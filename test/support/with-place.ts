import { execFileSync, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Place } from './place.js';

/** Runs a test body with a place for openers, and takes it away afterwards. */
export async function withPlace(body: (place: Place) => Promise<void>): Promise<void> {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'plustwo-')));
  const peers = fork(fileURLToPath(new URL('./peers-program.js', import.meta.url)), [join(folder, 'peers')]);
  try {
    const [addresses] = (await once(peers, 'message')) as [Omit<Place, 'folder' | 'file' | 'fifo'>];
    const file = join(folder, 'file');
    writeFileSync(file, 'x'.repeat(1024 * 1024));
    await body({ ...addresses, folder, file, fifo: makeFifo(join(folder, 'fifo')) });
  } finally {
    const gone = once(peers, 'exit');
    peers.disconnect();
    await gone;
    rmSync(folder, { recursive: true });
  }
}

function makeFifo(path: string): string | undefined {
  if (process.platform === 'win32') return undefined;
  execFileSync('mkfifo', [path]);
  return path;
}
