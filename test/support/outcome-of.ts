import assert from 'node:assert/strict';

/** How a promise ended. */
export type Ended<Value> =
  | { readonly status: 'fulfilled'; readonly value: Value }
  | { readonly status: 'rejected'; readonly error: unknown };

/** Waits for the end of a promise, whichever it is. */
export function outcomeOf<Value>(promise: PromiseLike<Value>): Promise<Ended<Value>> {
  return Promise.resolve(promise).then(
    (value) => ({ status: 'fulfilled', value }) as const,
    (error: unknown) => ({ status: 'rejected', error }) as const,
  );
}

/** What a promise was rejected with; fails if it was not. */
export async function errorOf(promise: PromiseLike<unknown>): Promise<unknown> {
  const ended = await outcomeOf(promise);
  if (ended.status === 'fulfilled') assert.fail('Expected a rejection, but the promise was fulfilled');
  return ended.error;
}

/** The error with that code which a promise was rejected with. */
export async function errorWithCode(
  promise: PromiseLike<unknown>,
  code: string,
): Promise<Error & Record<string, unknown>> {
  const error = await errorOf(promise);
  assert.ok(error instanceof Error, `Expected an error with code ${code}, got ${String(error)}`);
  assert.equal((error as { code?: unknown }).code, code, `${error.name}: ${error.message}`);
  return error as Error & Record<string, unknown>;
}
