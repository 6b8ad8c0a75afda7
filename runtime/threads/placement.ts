import type { Kind } from '../../workers/protocol/outcome.js';

/** What placement sees of a slot. */
export interface SlotView {
  /** Whether its thread takes attempts. */
  readonly open: boolean;
  /** Whether it takes some soon: its thread has died or was ended, and the next one is coming up. */
  readonly isReturning?: boolean;
  /** Whether it is kept from everything but an attempt that must be alone. */
  readonly kept: boolean;
  /** cpu attempts it has and has not ended. */
  readonly cpu: number;
  /** io attempts it has and has not ended. */
  readonly io: number;
  /** What its cpu attempts are expected to take, ms. */
  readonly expectedMs: number;
  /** How many attempts it may have for the sake of descriptors that ended ones hold; Infinity when none do. */
  readonly allowance: number;
}

/** Which lanes are in use: have work, or had some a moment ago. */
export interface LanesInUse {
  readonly cpu: boolean;
  readonly io: boolean;
}

/** How many slots, counted from the last, are kept from cpu work once io is in use. */
export function keptForIo(slots: number): number {
  return Math.min(2, slots - 1);
}

/**
 * Whether a slot may take attempts of a kind.
 *
 * While only one kind is in use it has all threads. Once both are, the last `min(2, threads - 1)` slots are kept for io and the others for
 * cpu, so that neither can starve the other; a single thread is shared. What a kind left running on the other's slots when the other came
 * back ends there in its own time: waiting for it would let hung io tasks hold up cpu work for ever. While none of cpu's own slots takes
 * anything it may have the others, unless one of its own is about to return: tasks that end their threads would end those of io as well.
 */
export function mayTake(kind: Kind, slot: number, slots: readonly SlotView[], inUse: LanesInUse): boolean {
  const view = slots[slot];
  if (view?.open !== true || view.kept) return false;
  if (slots.length === 1) return true;
  const firstKept = slots.length - keptForIo(slots.length);
  if (kind === 'cpu')
    return (
      !inUse.io ||
      slot < firstKept ||
      !slots.slice(0, firstKept).some((other) => other.open || other.isReturning === true)
    );
  if (view.cpu > 0) return false;
  // Until a kept slot is through with the cpu attempt it had, io may go wherever none is running.
  return !inUse.cpu || slot >= firstKept || slots.slice(firstKept).every((kept) => !kept.open || kept.cpu > 0);
}

/**
 * Attempts shorter than this are put on top of a thread that works, as long as it takes them, before another one is woken: waking a thread
 * costs as much as a good many of them.
 */
export const TINY_MS = 0.02;

/**
 * The slot for the next parcel of cpu attempts, -1 when none may take it. One without any comes first, and else the one that is soonest
 * through; for tiny attempts it is the other way round.
 */
export function placeCpu(
  slots: readonly SlotView[],
  inUse: LanesInUse,
  expectedMs: number,
  takes: (slot: number) => boolean,
): number {
  const rank = expectedMs < TINY_MS ? rankTiny : rankCpu;
  let best = -1;
  let bestRank = Number.POSITIVE_INFINITY;
  for (let slot = 0; slot < slots.length; slot++) {
    const view = slots[slot];
    if (view === undefined || !mayTake('cpu', slot, slots, inUse) || !takes(slot)) continue;
    const own = rank(view);
    if (own < bestRank) {
      best = slot;
      bestRank = own;
    }
  }
  return best;
}

/** An idle thread, then one with io left over from when the other kind was not in use, then the one that is soonest through. */
function rankCpu(view: SlotView): number {
  return view.cpu === 0 ? view.io / 1e6 : 1 + view.expectedMs;
}

function rankTiny(view: SlotView): number {
  return view.cpu === 0 ? 1e9 + view.io : view.expectedMs;
}

/**
 * Whether an io attempt fits into a slot's allowance. The last place is kept for a cpu attempt, or a few that wait for something would keep
 * all of them out of a thread that both kinds share.
 */
function isAllowed(view: SlotView): boolean {
  const all = view.cpu + view.io;
  return all < (all === 0 ? view.allowance : view.allowance - 1);
}

/** The slot for the next io attempt: the one with the fewest, below the limit of each; -1 when all are full. */
export function placeIo(slots: readonly SlotView[], inUse: LanesInUse, ioConcurrency: number): number {
  let best = -1;
  for (let slot = 0; slot < slots.length; slot++) {
    const view = slots[slot];
    if (view === undefined || view.io >= ioConcurrency || !isAllowed(view) || !mayTake('io', slot, slots, inUse))
      continue;
    if (best === -1 || view.io < (slots[best]?.io ?? 0)) best = slot;
  }
  return best;
}

/**
 * The slot for an attempt that must be alone in its thread: the one with the fewest, which has to be emptied first if that is not none; -1
 * when there is no slot for it.
 */
export function placeAlone(kind: Kind, slots: readonly SlotView[], inUse: LanesInUse): number {
  let best = -1;
  let fewest = Number.POSITIVE_INFINITY;
  for (const [slot, { cpu, io }] of slots.entries()) {
    if (cpu + io >= fewest || !mayTake(kind, slot, slots, inUse)) continue;
    best = slot;
    fewest = cpu + io;
  }
  return best;
}
