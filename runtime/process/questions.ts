/** Questions to a host that wait for their answers. */
export class Questions {
  readonly #open = new Map<number, { resolve: (answer: never) => void; reject: (error: unknown) => void }>();
  #last = 0;
  readonly #changed: () => void;

  /** `changed` is called when there are more or fewer of them. */
  constructor(changed: () => void) {
    this.#changed = changed;
  }

  /** How many are open. */
  get size(): number {
    return this.#open.size;
  }

  /** Asks; `send` gets the number under which the answer comes. */
  ask<Answer>(send: (request: number) => void): Promise<Answer> {
    const request = ++this.#last;
    return new Promise<Answer>((resolve, reject) => {
      this.#open.set(request, { resolve, reject });
      this.#changed();
      send(request);
    });
  }

  /** The answer has come. */
  answer(request: number, answer: unknown): void {
    this.#take(request)?.resolve(answer as never);
  }

  /** There is none. */
  refuse(request: number, error: unknown): void {
    this.#take(request)?.reject(error);
  }

  /** Nobody answers any more. */
  close(error: unknown): void {
    for (const request of [...this.#open.keys()]) this.refuse(request, error);
  }

  #take(request: number): { resolve: (answer: never) => void; reject: (error: unknown) => void } | undefined {
    const open = this.#open.get(request);
    this.#open.delete(request);
    this.#changed();
    return open;
  }
}
