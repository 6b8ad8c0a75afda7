import { readFootprint } from '../harness/footprint.js';
import { type Slope, slopeOf } from './slope.js';

export const FIGURES = ['rssBytes', 'heapBytes', 'descriptors', 'handles', 'threads', 'processes'] as const;
export type Figure = (typeof FIGURES)[number];

/** What was read at one moment. */
export type Row = Readonly<Record<Figure | 'seconds', number>>;

const EVERY_MS = 1_000;
/** Caches fill and code is compiled in the first part. */
const WARM_PART = 0.1;

/** Reads once a second what this process and its descendants take up, `except` one left out, until it is ended. */
export function takeSamples(except: number): { end(): Row[] } {
  const rows: Row[] = [];
  const start = performance.now();
  const look = (): void => {
    const { rssBytes, descriptors, threads, processes } = readFootprint([except]);
    rows.push({
      seconds: (performance.now() - start) / 1_000,
      rssBytes,
      heapBytes: process.memoryUsage().heapUsed,
      descriptors,
      handles: process.getActiveResourcesInfo().length,
      threads,
      processes,
    });
  };
  const timer = setInterval(look, EVERY_MS);
  return {
    end: () => {
      clearInterval(timer);
      return rows;
    },
  };
}

/** The slope of each figure once the first tenth is over. */
export function slopesOf(rows: readonly Row[]): Record<Figure, Slope> {
  const warm = rows.slice(Math.floor(rows.length * WARM_PART));
  const slopes = FIGURES.map((figure) => {
    const samples = warm.map((row) => ({ seconds: row.seconds, value: row[figure] }));
    return [figure, slopeOf(samples)] as const;
  });
  return Object.fromEntries(slopes) as Record<Figure, Slope>;
}

/** The mean of each figure in each minute: the curve, small enough to be kept. */
export function byMinute(rows: readonly Row[]): Row[] {
  const minutes = new Map<number, Row[]>();
  for (const row of rows) {
    const minute = Math.floor(row.seconds / 60);
    minutes.set(minute, [...(minutes.get(minute) ?? []), row]);
  }
  return [...minutes].map(([minute, own]) => {
    const mean = (figure: Figure): number => own.reduce((sum, row) => sum + row[figure], 0) / own.length;
    const figures = Object.fromEntries(FIGURES.map((figure) => [figure, mean(figure)])) as Record<Figure, number>;
    return { ...figures, seconds: 60 * minute };
  });
}
