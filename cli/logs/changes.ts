/** Changes as they come, for one who looks at all of them at once: those during a look make one more look. */
export class Changes {
  #isChanged = true;
  #wake: (() => void) | undefined;

  readonly mark = (): void => {
    this.#isChanged = true;
    this.#wake?.();
  };

  /** Resolves when there has been a change since the last time; the first time at once. */
  async next(): Promise<void> {
    if (!this.#isChanged) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    this.#isChanged = false;
  }
}
