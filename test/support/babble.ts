import { createHash } from 'node:crypto';

const WORDS = ['a', 'b c', 'é', '漢', '😀', '"', '\\', '\t', '0', '12', 'x'.repeat(40), '{"k":1}'];
const SUM_LENGTH = 8;

const sumOf = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, SUM_LENGTH);

/** A line of a task: most are short, some have thousands of characters, few tens of thousands. Its own sum stands at its end. */
export function babbleAt(task: number, line: number): string {
  let seed = (task * 7_919 + line * 104_729) >>> 0;
  const words = seed % 97 === 0 ? 400 : seed % 7;
  let text = `${line} `;
  for (let word = 0; word < words; word++) {
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
    text += WORDS[(seed >>> 8) % WORDS.length] ?? '';
  }
  if ((task * 31 + line) % 4_001 === 0) text += 'y'.repeat(50_000);
  return `${text} ${sumOf(text)}`;
}

/** Whether a line is as it was said. */
export function isWhole(text: string): boolean {
  const end = text.length - SUM_LENGTH;
  return text[end - 1] === ' ' && sumOf(text.slice(0, end - 1)) === text.slice(end);
}
