/** A compiled module of the benchmarks, which are a TypeScript project that tests cannot import from by type. */
export async function compiled<Exports>(file: string): Promise<Exports> {
  return (await import(new URL(`../../../benchmarks/${file}`, import.meta.url).href)) as Exports;
}
