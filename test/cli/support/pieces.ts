/** A text as it may arrive: in these pieces. */
export async function* pieces(...texts: string[]): AsyncGenerator<string> {
  yield* texts;
}

/** Everything a source yields. */
export async function collect<Item>(source: AsyncIterable<Item>): Promise<Item[]> {
  const items: Item[] = [];
  for await (const item of source) items.push(item);
  return items;
}
