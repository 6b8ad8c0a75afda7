/** Positions in a gate's memory. */
const ARRIVALS = 0;
const OPEN = 1;
const MARKS = 2;
const WORDS = 16;

/** Atomics.waitAsync, which the language version we compile for does not name. */
const { waitAsync } = Atomics as unknown as {
  waitAsync(words: Int32Array, index: number, value: number): { value: Promise<string> | string };
};

/**
 * Where tests and handlers meet, through shared memory: handlers arrive and wait, the test learns that they did and lets them pass. It goes
 * into a task's input as `gate.words` and is made again from them in the handler.
 */
export class Gate {
  readonly words: Int32Array;

  constructor(words: Int32Array = new Int32Array(new SharedArrayBuffer(WORDS * Int32Array.BYTES_PER_ELEMENT))) {
    this.words = words;
  }

  /** How many have arrived. */
  get arrivals(): number {
    return Atomics.load(this.words, ARRIVALS);
  }

  /** What was marked, ever. */
  marks(place = 0): number {
    return Atomics.load(this.words, MARKS + place);
  }

  /** Counts something up, which also wakes whoever waits for marks. */
  mark(place = 0): number {
    const before = Atomics.add(this.words, MARKS + place, 1);
    Atomics.notify(this.words, MARKS + place);
    return before + 1;
  }

  /** Tells that one more is here. */
  arrive(): void {
    Atomics.add(this.words, ARRIVALS, 1);
    Atomics.notify(this.words, ARRIVALS);
  }

  /** Resolves when so many have arrived. */
  arrived(count = 1): Promise<void> {
    return this.#reached(ARRIVALS, count);
  }

  /** Resolves when so much was marked. */
  marked(count = 1, place = 0): Promise<void> {
    return this.#reached(MARKS + place, count);
  }

  /** Blocks until so much was marked: for a test that keeps its own thread busy on purpose. */
  waitMarked(count: number, place = 0): void {
    for (let seen = this.marks(place); seen < count; seen = this.marks(place)) {
      Atomics.wait(this.words, MARKS + place, seen);
    }
  }

  /** Lets everybody pass, now and later. */
  open(): void {
    Atomics.store(this.words, OPEN, 1);
    Atomics.notify(this.words, OPEN);
  }

  /** Arrives, and resolves when the gate is open. */
  async pass(): Promise<void> {
    this.arrive();
    await this.#reached(OPEN, 1);
  }

  /** Arrives, and blocks the thread until the gate is open. */
  passBlocking(): void {
    this.arrive();
    while (Atomics.load(this.words, OPEN) === 0) Atomics.wait(this.words, OPEN, 0);
  }

  async #reached(place: number, count: number): Promise<void> {
    for (let seen = Atomics.load(this.words, place); seen < count; seen = Atomics.load(this.words, place)) {
      await waitAsync(this.words, place, seen).value;
    }
  }
}
