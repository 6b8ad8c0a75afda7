/** The hour of the generated file. */
export const HOUR = '2026-11-21T09';

/** What is searched. */
export interface CorpusShape {
  readonly lines: number;
  readonly linesPerTask: number;
  /** The task that is looked for. */
  readonly wanted: number;
}

/** Who searches for one task, and how. */
export const CONTENDERS = ['plustwo', 'plustwo --json', 'grep -F', 'readline'] as const;

export type Contender = (typeof CONTENDERS)[number];

/** A run of a command. */
export interface SearchReading {
  readonly wallMs: number;
  readonly cpuMs: number;
}
