import { closeSync, openSync, writeSync } from 'node:fs';
import { type CorpusShape, HOUR } from './terms.js';

const NAMES = ['resize', 'hash', 'fetchPage', 'importRow', 'sendMail'] as const;
const WORDS = 'thread slot reading writing quote customer invoice cached stored found open closed region batch'.split(
  ' ',
);
const BATCH = 10_000;

/**
 * Writes a file of records as the supervisor writes them, the same one each time: tasks run eight at a time and print in turns, so the
 * lines of each stand some way apart. One of them has a name of its own and prints one word that nobody else does.
 */
export function writeCorpus(path: string, { lines, linesPerTask, wanted }: CorpusShape): void {
  const file = openSync(path, 'w');
  const random = pseudoRandom(20_26);
  const start = Date.parse(`${HOUR}:00Z`);
  try {
    for (let from = 0; from < lines; from += BATCH) {
      let text = '';
      for (let line = from; line < Math.min(lines, from + BATCH); line++) {
        const group = Math.floor(line / (8 * linesPerTask));
        const task = group * 8 + (line % 8);
        const seq = Math.floor((line % (8 * linesPerTask)) / 8);
        text += recordText(start + (line / lines) * 3_500_000, task, seq, bodyOf(task, wanted, seq, random));
      }
      writeSync(file, text);
    }
  } finally {
    closeSync(file);
  }
}

function recordText(at: number, task: number, seq: number, body: string): string {
  const head = `{"timestamp":"${new Date(at).toISOString()}","severity_text":"INFO","severity_number":9,"body":"${body}"`;
  const whose = `"service.instance.id":"k3f9a2bc","task.id":${String(task)},"task.name":"${NAMES[task % NAMES.length] ?? ''}"`;
  return `${head},${whose},"task.attempt":1,"thread.slot":${String(task % 8)},"log.iostream":"stdout","log.seq":${String(seq)}}\n`;
}

function bodyOf(task: number, wanted: number, seq: number, random: () => number): string {
  if (task === wanted && seq === 0) return 'the needle in the haystack';
  const word = (): string => WORDS[Math.floor(random() * WORDS.length)] ?? '';
  return `${word()} ${word()} ${String(Math.floor(random() * 100_000))} ${word()}`;
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
