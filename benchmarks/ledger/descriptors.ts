import { readdirSync, readlinkSync, statSync } from 'node:fs';

const FOLDER = '/proc/self/fd';

/** Newer kernels (6.2) give the number of descriptors as the size of their folder, which costs the same however many there are. */
const KERNEL_COUNTS = statSync(FOLDER).size > 0;

/** Descriptors open in this process. Linux only. */
export function openDescriptors(): number {
  // The folder that is listed is itself open meanwhile.
  return KERNEL_COUNTS ? statSync(FOLDER).size : readdirSync(FOLDER).length - 1;
}

/** What the descriptors of this process lead to, and how many to each: paths, and kinds of what has none. Linux only. */
export function descriptorLinks(): Map<string, number> {
  const links = new Map<string, number>();
  for (const name of readdirSync(FOLDER)) {
    const link = linkOf(name);
    if (link !== undefined) links.set(link, (links.get(link) ?? 0) + 1);
  }
  return links;
}

function linkOf(name: string): string | undefined {
  try {
    return readlinkSync(`${FOLDER}/${name}`).replace(/:\[.*/, '');
  } catch (error) {
    // Closed since the folder was listed, by one of the threads.
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
