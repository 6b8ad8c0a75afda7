/**
 * What `ctx.call` throws while the circuit of the dependency is open. The supervisor has a class of that name for its callers; this room
 * cannot import it, and a handler tells errors by their `code`.
 */
export class CircuitOpenError extends Error {
  override readonly name = 'CircuitOpenError';
  readonly code = 'PLUSTWO_CIRCUIT_OPEN';
  readonly dependency: string;
  /** Milliseconds until it is worth trying again. */
  readonly retryAfterMs: number;
  /** No property of its own: it means something to the supervisor only. */
  readonly #index: number;

  constructor(dependency: string, index: number, retryAfterMs: number) {
    super(
      `The circuit of dependency ${dependency} is open: it failed too often, and this call did not reach it; try again in ${retryAfterMs} ms`,
    );
    this.dependency = dependency;
    this.retryAfterMs = retryAfterMs;
    this.#index = index;
  }

  /** Index of the dependency in the table. */
  get index(): number {
    return this.#index;
  }
}
