/**
 * Runs all inputs through `call` with at most `width` under way. Each lane starts its next call when its last one was
 * answered: order is not kept, which costs the pool under test nothing.
 */
export async function callInWindow(
  call: (input: unknown) => Promise<unknown>,
  inputs: Iterable<unknown>,
  width: number,
  seen: (value: unknown) => void,
): Promise<void> {
  const iterator = inputs[Symbol.iterator]();
  const lane = async (): Promise<void> => {
    for (let next = iterator.next(); next.done !== true; next = iterator.next()) seen(await call(next.value));
  };
  await Promise.all(Array.from({ length: width }, lane));
}
