import { OpenPlace, type OpenText } from './open-place.js';
import { type LineThread, movedSoFar, openViews, type RingLine, RingWord, ringViews } from './protocol/log-ring.js';

/**
 * Lays lines that have no newline yet where they outlive the thread. There are places for a few; who prints without one gets that of the line
 * which nothing was added to for longest.
 */
export class OpenLines {
  readonly #memory: SharedArrayBuffer;
  readonly #words: Int32Array;
  readonly #thread: LineThread;
  readonly #tell: () => void;
  /** Made when there is something for them. */
  #places: readonly OpenPlace[] | undefined;
  #uses = 0;

  /** `tell` is to make the reader look, if it reads lines that are open. */
  constructor(memory: SharedArrayBuffer, thread: LineThread, tell: () => void) {
    this.#memory = memory;
    this.#words = ringViews(memory).words;
    this.#thread = thread;
    this.#tell = tell;
  }

  /** Lays down what an owner holds, and gives the place where that lies now. */
  keep(owner: OpenText, line: RingLine): OpenPlace {
    const places = (this.#places ??= openViews(this.#memory).map((views) => new OpenPlace(views, this.#thread)));
    const own = places.find((place) => place.owner === owner);
    own?.add(owner, line);
    const place = own ?? places.reduce((oldest, other) => (useOf(other) < useOf(oldest) ? other : oldest));
    if (own === undefined) place.begin(owner, line);
    place.usedAt = ++this.#uses;
    if (Atomics.load(this.#words, RingWord.follows) !== 0) this.#tell();
    return place;
  }

  /** What tells whether an entry has been written since. */
  get base(): number {
    return movedSoFar(this.#words);
  }
}

/** One that nobody has is taken first. */
function useOf(place: OpenPlace): number {
  return place.owner === undefined ? -1 : place.usedAt;
}
