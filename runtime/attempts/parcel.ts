/** A thread's outstanding work is topped up to this expected length: twice the time between two tellings, so that it never runs dry. */
export const FULL_MS = 2;
/** A thread with less than this outstanding may get a parcel on top of what it has. */
export const LOW_MS = 1;
/** A share below this expected length is no reason to leave work to another thread: waking that one costs more. */
export const WORTH_MS = 0.5;
/** No parcel is longer, however short its attempts. */
export const MAX_PARCEL = 512;

/** What a thread has and what waits for it. */
export interface Load {
  /** Attempts waiting in the lane. */
  readonly backlog: number;
  /** Threads that can take them. */
  readonly threads: number;
  /** Attempts the thread has and has not ended. */
  readonly outstanding: number;
  /** What these are expected to take, ms. */
  readonly outstandingMs: number;
  /** What one waiting attempt is expected to take, ms; Infinity when nothing is known. */
  readonly expectedMs: number;
  /** Attempts the thread has room for. */
  readonly room: number;
}

/**
 * How many attempts travel together to a thread; 0 when it has enough.
 *
 * An idle thread always gets one, so that a lone call never waits. Beyond that: no more than fill its time, than it has room for, and than
 * leave the other threads a share worth being woken for; and an attempt of unknown length travels alone.
 */
export function parcelSize(load: Load): number {
  if (load.room <= 0 || load.backlog <= 0) return 0;
  const idle = load.outstanding === 0;
  if (!idle && (load.outstandingMs >= LOW_MS || !(load.expectedMs < LOW_MS))) return 0;
  const fits = Math.floor((FULL_MS - load.outstandingMs) / load.expectedMs);
  const share = Math.max(Math.ceil(load.backlog / (2 * load.threads)), Math.floor(WORTH_MS / load.expectedMs));
  const size = Math.min(fits, share, load.room, MAX_PARCEL);
  return Math.max(size, idle ? 1 : 0);
}
