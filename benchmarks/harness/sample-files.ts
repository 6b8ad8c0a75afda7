import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const MOST_BYTES = 20_000;
const WORDS = 'thread slot task handler attempt parcel lane lease outcome ledger supervisor kind'.split(' ');

/** Writes `count` text files of up to 20 KB, the same ones each time. */
export async function writeSampleFiles(directory: string, count: number): Promise<void> {
  await mkdir(directory);
  const random = pseudoRandom(20_25);
  for (let index = 0; index < count; index++) {
    const bytes = 1_000 + Math.floor(random() * (MOST_BYTES - 1_000));
    let text = '';
    while (text.length < bytes) {
      const word = WORDS[Math.floor(random() * WORDS.length)] ?? '';
      text += `${word} ${String(Math.floor(random() * 1_000_000))}${random() < 0.1 ? '\n' : ' '}`;
    }
    await writeFile(join(directory, `${String(index).padStart(4, '0')}.txt`), text.slice(0, bytes));
  }
}

export async function sampleFiles(directory: string): Promise<string[]> {
  return (await readdir(directory)).sort().map((name) => join(directory, name));
}

/** Mulberry32: numbers from 0 to 1 that depend on the seed only. */
function pseudoRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
