/** What a task does besides: some computing that leaves garbage, about a millisecond. */
export function work(seed: number): number {
  let lines = 0;
  for (let round = 0; round < 30; round++) {
    const rows = Array.from({ length: 60 }, (_, index) => ({
      id: seed + index,
      name: `row ${String(seed)}-${String(index)}`,
    }));
    lines += (JSON.parse(JSON.stringify(rows)) as unknown[]).length;
  }
  return lines;
}

/** An array of numbers that takes so many bytes on the heap. */
export function numbers(bytes: number, seed: number): number[] {
  return Array.from({ length: Math.floor(bytes / 8) }, (_, index) => seed + index + 0.5);
}
