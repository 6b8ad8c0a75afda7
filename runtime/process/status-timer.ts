/** The first look after something has begun, */
const FIRST_MS = 20;
/** and the further ones while it goes on: not before this, */
const NEXT_MS = 100;
/** nor before so many times what the last one took, so that looking is no work to speak of. */
const PART = 100;

/** Tells how a host stands while something goes on, and once when nothing does any more. Nothing runs while it is idle. */
export class StatusTimer {
  readonly #tell: () => void;
  readonly #isBusy: () => boolean;
  readonly #now: () => number;
  #timer: NodeJS.Timeout | undefined;

  constructor(tell: () => void, isBusy: () => boolean, now: () => number) {
    this.#tell = tell;
    this.#isBusy = isBusy;
    this.#now = now;
  }

  /** Something has changed. */
  changed(): void {
    this.#timer ??= setTimeout(this.#look, FIRST_MS);
  }

  /** Tells no more. */
  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  readonly #look = (): void => {
    const isBusy = this.#isBusy();
    const began = this.#now();
    this.#tell();
    const took = this.#now() - began;
    this.#timer = isBusy ? setTimeout(this.#look, Math.max(NEXT_MS, PART * took)) : undefined;
  };
}
