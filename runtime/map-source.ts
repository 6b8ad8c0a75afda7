import { refuse } from './checks.js';
import type { MapItem } from './handles.js';

/** What `map` takes. */
export type Inputs = Iterable<unknown> | AsyncIterable<unknown>;

/** Where inputs come from. */
type Opened =
  | { readonly kind: 'sync'; readonly iterator: Iterator<unknown> }
  | { readonly kind: 'async'; readonly iterator: AsyncIterator<unknown> };

/** Who takes what a source gives. */
export interface Intake {
  /** Whether another input is to be pulled now; may close the source. */
  wantsMore(): boolean;
  accept(input: unknown): void;
  /** The source gives nothing more: whoever waits for an item may be at the end. */
  ended(): void;
}

/**
 * Where the inputs of one iteration of `map` come from; pulled when asked, and as long as they are wanted.
 *
 * | state | the source | goes on to |
 * |---|---|---|
 * | `open` | is not asked: enough is pulled | `pulling`, `ended`, `left` |
 * | `pulling` | is being asked | `open`, `ended`, `left` |
 * | `ended` | gives nothing more: exhausted, failed or closed; what was pulled is still yielded | `left` |
 * | `left` | gives nothing more, and nobody wants what it gave | – |
 */
export class MapSource {
  readonly #opened: Opened;
  readonly #intake: Intake;
  #state: 'open' | 'pulling' | 'ended' | 'left' = 'open';
  /** The closing of one that had more to give: whoever comes to the end waits for it. */
  #closing: Promise<unknown> | undefined;
  #failure: { readonly error: unknown } | undefined;

  /** @throws BadOptionError when `inputs` are none */
  constructor(inputs: unknown, intake: Intake) {
    this.#opened = open(inputs);
    this.#intake = intake;
  }

  get state(): 'open' | 'pulling' | 'ended' | 'left' {
    return this.#state;
  }

  /** Pulls as long as more is wanted, unless it is being asked or gives nothing more. */
  pull(): void {
    if (this.#state !== 'open') return;
    this.#state = 'pulling';
    if (this.#opened.kind === 'sync') this.#pullSync(this.#opened.iterator);
    else void this.#pullAsync(this.#opened.iterator);
  }

  /** Pulls no more, and lets the source go. */
  close(): void {
    if (this.#state === 'ended' || this.#state === 'left') return;
    this.#state = 'ended';
    const { iterator } = this.#opened;
    this.#closing = (async () => iterator.return?.())();
    // The end tells it; until somebody comes there, an error of the source is not one that nobody handles.
    this.#closing.catch(() => undefined);
  }

  /** Nobody wants anything of it any more, its error included. */
  leave(): void {
    this.close();
    this.#state = 'left';
    this.#failure = undefined;
  }

  /** Waits until it is closed. Its own error comes last, after everything that was pulled before it, and once. */
  async over(): Promise<void> {
    const closing = this.#closing;
    this.#closing = undefined;
    await closing;
    const failure = this.#failure;
    this.#failure = undefined;
    if (failure !== undefined) throw failure.error;
  }

  #pullSync(iterator: Iterator<unknown>): void {
    try {
      while (this.#isWanted()) this.#accept(iterator.next());
    } catch (error) {
      this.#fail(error);
    }
    this.#pulledEnough();
  }

  async #pullAsync(iterator: AsyncIterator<unknown>): Promise<void> {
    try {
      while (this.#isWanted()) this.#accept(await iterator.next());
    } catch (error) {
      this.#fail(error);
    }
    this.#pulledEnough();
  }

  #isWanted(): boolean {
    return this.#state === 'pulling' && this.#intake.wantsMore();
  }

  #accept(next: IteratorResult<unknown>): void {
    if (this.#state !== 'pulling') return;
    if (next.done === true) this.#state = 'ended';
    else this.#intake.accept(next.value);
  }

  #fail(error: unknown): void {
    if (this.#state === 'left') return;
    this.#failure = { error };
    this.#state = 'ended';
  }

  #pulledEnough(): void {
    if (this.#state === 'pulling') this.#state = 'open';
    else this.#intake.ended();
  }
}

/** As `for await` does it: which method gives the iterator tells its kind, not what its steps look like. */
function open(inputs: unknown): Opened {
  const methods = (inputs ?? {}) as Partial<Iterable<unknown> & AsyncIterable<unknown>>;
  const { [Symbol.asyncIterator]: openAsync, [Symbol.iterator]: openSync } = methods;
  if (typeof openAsync === 'function') {
    return { kind: 'async', iterator: openAsync.call(inputs as AsyncIterable<unknown>) };
  }
  if (typeof openSync === 'function') return { kind: 'sync', iterator: openSync.call(inputs as Iterable<unknown>) };
  return refuse('inputs', 'an iterable or an async iterable', inputs);
}

/** An iteration that could not begin: a handle never throws, so its first step rejects. */
export async function* failedIteration(error: unknown): AsyncGenerator<MapItem<unknown, unknown>, undefined> {
  await Promise.reject(error);
}
