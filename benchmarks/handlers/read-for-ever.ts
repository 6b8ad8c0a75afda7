import { open, readFile } from 'node:fs/promises';

export interface Endless {
  readonly file: string;
  /** Set to 1 once the loop runs. */
  readonly running: Int32Array;
}

/** Opens, reads and closes in one loop and reads whole files in another, and heeds no signal. */
export default async function readForEver({ file, running }: Endless): Promise<never> {
  return await Promise.race([openForEver(file, running), readWholeForEver(file)]);
}

async function openForEver(file: string, running: Int32Array): Promise<never> {
  for (;;) {
    const handle = await open(file);
    await handle.read(Buffer.alloc(64), 0, 64, 0);
    await handle.close();
    Atomics.store(running, 0, 1);
  }
}

async function readWholeForEver(file: string): Promise<never> {
  for (;;) await readFile(file);
}
