import { type LineThread, RING_BYTES } from '../../workers/protocol/log-ring.js';
import { textBytesOf } from '../logs/kept-lines.js';
import { type Lines, type LostLines, type OpenEntries, threadOf } from '../logs/read-line.js';
import type { Outbox } from './outbox.js';

/** Lines may have so many bytes on their way together: more than a reader that keeps up ever leaves. */
const MOST_SHARED = 4 * 2 ** 20;
/** And those of one slot so many in any case. */
const MOST_OWN = RING_BYTES;

/** Lines that were said together. */
interface Batch {
  readonly slot: number;
  readonly bytes: number;
  /** How much had been said with them. */
  readonly end: number;
}

type Lost = { -readonly [Key in keyof LostLines]: LostLines[Key] };

/**
 * What threads print, on its way out of a host. Whoever prints faster than it is read neither fills the memory, nor holds up outcomes, nor
 * costs its neighbours a line: lines have four MiB together, and where these are full, one MiB for each slot. What finds no room is counted,
 * as in a ring that is full.
 *
 * Leaving lines in the rings while there is no room would end at the same: lines come before the outcome behind them, so each outcome would
 * empty a ring, and there may be many before anything is read. By slot and not by thread, since one that floods may be replaced again and
 * again.
 */
export class HostLines {
  readonly #outbox: Pick<Outbox, 'message' | 'said' | 'left'>;
  /** Those on their way, the oldest first, */
  readonly #batches: Batch[] = [];
  /** and their bytes, together and by slot. */
  #bytes = 0;
  readonly #own: number[] = [];
  /** What was lost and has not been said, by thread. To say it at once would be something on its way, too. */
  readonly #lost = new Map<string, Lost>();
  /** Threads that were told to have open lines. */
  readonly #open = new Set<string>();

  constructor(outbox: Pick<Outbox, 'message' | 'said' | 'left'>) {
    this.#outbox = outbox;
  }

  /** Sends lines of one thread as long as there is room, and counts the others. */
  take(lines: Lines, dropped: LostLines | undefined): void {
    this.#forgetLeft();
    const entries: string[] = [];
    let lost: Lost | undefined;
    let slot = -1;
    let room = 0;
    lines.drain((line) => {
      if (slot === -1) room = this.#roomOf((slot = line.slot));
      if (room > 0) {
        const entry = line.entry();
        room -= entry.length;
        entries.push(entry);
      } else {
        lost ??= this.#lostOf(line);
        lost.count++;
        lost.bytes += textBytesOf(line);
      }
    });
    if (dropped !== undefined) this.#add(dropped);
    const open = this.#toTell(lines.open, lost !== undefined);
    if (entries.length > 0 || open !== undefined) this.#send(open?.slot ?? slot, entries, open);
    if (dropped !== undefined && this.#roomOf(dropped.slot) > 0) this.tellLost();
  }

  /** Says what was lost: to be called before anything else is said, and when everything has left. */
  tellLost(): void {
    if (this.#lost.size === 0) return;
    const unsaid = [...this.#lost.values()];
    this.#lost.clear();
    for (const lost of unsaid) this.#outbox.message({ type: 'lines', entries: [], lost });
  }

  /** Where there is no room for open lines they are told to be none: what becomes of them may be counted, and must not be told as well. */
  #toTell(open: OpenEntries | undefined, isFull: boolean): OpenEntries | undefined {
    if (open === undefined) return undefined;
    const thread = threadOf(open);
    const entries = isFull || this.#roomOf(open.slot) <= 0 ? [] : open.entries;
    const wasTold = this.#open.delete(thread);
    if (entries.length > 0) this.#open.add(thread);
    return entries.length > 0 || wasTold ? { ...open, entries } : undefined;
  }

  #send(slot: number, entries: readonly string[], open: OpenEntries | undefined): void {
    const before = this.#outbox.said;
    this.#outbox.message({ type: 'lines', entries, lost: undefined, open });
    const end = this.#outbox.said;
    const bytes = end - before;
    this.#batches.push({ slot, bytes, end });
    this.#bytes += bytes;
    this.#own[slot] = (this.#own[slot] ?? 0) + bytes;
  }

  #roomOf(slot: number): number {
    return Math.max(MOST_SHARED - this.#bytes, MOST_OWN - (this.#own[slot] ?? 0));
  }

  #forgetLeft(): void {
    const { left } = this.#outbox;
    let gone = 0;
    for (const { slot, bytes, end } of this.#batches) {
      if (end > left) break;
      gone++;
      this.#bytes -= bytes;
      this.#own[slot] = (this.#own[slot] ?? 0) - bytes;
    }
    this.#batches.splice(0, gone);
  }

  #lostOf(of: LineThread): Lost {
    const { slot, generation } = of;
    const thread = threadOf(of);
    const lost = this.#lost.get(thread) ?? { slot, generation, count: 0, bytes: 0 };
    this.#lost.set(thread, lost);
    return lost;
  }

  #add(dropped: LostLines): void {
    const lost = this.#lostOf(dropped);
    lost.count += dropped.count;
    lost.bytes += dropped.bytes;
  }
}
