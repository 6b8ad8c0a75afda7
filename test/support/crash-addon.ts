import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Binary, buildOnce, HEADERS, LINKING, run } from './native-build.js';

/** What the addon exports; see the source for how. */
export interface CrashAddon {
  /** Writes to address 0: the process ends by SIGSEGV. */
  segfault(): never;
  /** The C library's: the process ends by SIGABRT. */
  abort(): never;
  /** Prints to the process's standard output without Node's knowledge. */
  print(text: string): void;
}

const SOURCE = fileURLToPath(new URL('../../../test/fixtures/native/crash-addon.cc', import.meta.url));

/** The addon that takes its process down, compiled anew only when its source has changed. */
export function crashAddon(): Promise<Binary> {
  const version = createHash('sha256').update(readFileSync(SOURCE)).digest('hex').slice(0, 16);
  return buildOnce({ name: 'crash-addon', version, compile });
}

async function compile(folder: string): Promise<string> {
  const made = join(folder, 'made.node');
  await run('c++', ['-shared', '-fPIC', '-std=c++17', `-I${HEADERS}`, SOURCE, '-o', made, ...LINKING]);
  return made;
}
