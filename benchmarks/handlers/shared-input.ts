import { serialize } from 'node:v8';

export interface SharedInput {
  readonly index: number;
  readonly file: string;
  readonly labels: readonly string[];
  readonly text: string;
  readonly options: { readonly level: number; readonly format: string; marks: number };
}

const WIRE_BYTES = 1024;

/** Inputs of about 1 KB each on the wire that all point to one options object. */
export function sharedInputs(count: number): SharedInput[] {
  const options = { level: 6, format: 'gzip', marks: 0 };
  const make = (index: number, text: string): SharedInput => ({
    index,
    file: `photos/2024/holiday-${String(index).padStart(6, '0')}.jpg`,
    labels: ['one', 'two', 'three'],
    text,
    options,
  });
  const text = 'x'.repeat(WIRE_BYTES - serialize(make(0, '')).byteLength);
  return Array.from({ length: count }, (_, index) => make(index, text));
}

/** Throws unless every answer belongs to its input and carries an options object that no other attempt touched. */
export function checkOwnClones(answers: readonly SharedInput[]): void {
  const clones = new Set<unknown>();
  for (const [index, answer] of answers.entries()) {
    if (answer.index !== index) throw new Error(`answer ${String(index)} belongs to input ${String(answer.index)}`);
    if (answer.options.marks !== 1) {
      throw new Error(`the options of attempt ${String(index)} were marked ${String(answer.options.marks)} times`);
    }
    clones.add(answer.options);
  }
  if (clones.size !== answers.length) {
    throw new Error(`${String(answers.length)} answers share ${String(clones.size)} options objects`);
  }
}
