import spin from './spin.js';

export interface Work {
  readonly steps: number;
  /** Whether what was made stays reachable for ever. */
  readonly keep: boolean;
}

/** 64 KB of the JavaScript heap. */
const NUMBERS = 8_192;

const kept: number[][] = [];

/** Fills 64 KB of the heap and computes for a while. */
export default function keepNumbers({ steps, keep }: Work): number {
  const numbers: number[] = [];
  for (let index = 0; index < NUMBERS; index++) numbers.push(index + 0.5);
  if (keep) kept.push(numbers);
  return spin(steps) + (numbers[NUMBERS - 1] ?? 0);
}
