import type { Mask } from '../../runtime/logs/mask.js';

/** The mask of the line it has read last. */
export function copyOf(mask: Mask): number[] {
  const words: number[] = [];
  mask.copyTo(words);
  return words;
}
