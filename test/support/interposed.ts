import type { TestContext } from 'node:test';

/**
 * Has something happen once, between the next look at shared memory and the exchange that follows it, as if another thread had been faster.
 * `index` names the word that is to be exchanged; without it, any. Answers whether it has happened.
 */
export function interposed(t: TestContext, act: () => void, index?: number): () => boolean {
  const exchange = Atomics.compareExchange.bind(Atomics) as (...args: unknown[]) => never;
  let hasHappened = false;
  t.mock.method(Atomics, 'compareExchange', (...args: unknown[]) => {
    if (!hasHappened && (index === undefined || args[1] === index)) {
      hasHappened = true;
      act();
    }
    return exchange(...args);
  });
  return () => hasHappened;
}
