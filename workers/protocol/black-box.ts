/**
 * The black box: a small file that a child process which performs tasks shares with its supervisor, and that outlives it, as the flight
 * recorder outlives a thread. Threads mark in it what they are about to start; the supervisor reads it when the process has died.
 *
 * Each slot has an area of 64-bit numbers:
 *
 * | numbers | what they hold |
 * |---|---|
 * | 1 | how many cpu attempts are marked |
 * | 64 | their marks: the one that is about to start, and short ones behind it that may start without another word |
 * | as many as there are entries | marks of io attempts, by entry |
 *
 * Nothing is ever taken out. What has ended is known to the supervisor, and a mark names the attempt, so an old one says nothing about the next.
 */

/** How many cpu attempts may be marked at once. */
export const MOST_AHEAD = 64;

/** Where an area's parts begin, in numbers. */
export const BoxPart = { count: 0, cpu: 1, io: 1 + MOST_AHEAD } as const;

export const NUMBER_BYTES = 8;

/** What a thread needs to mark what it starts. */
export interface BlackBoxTerms {
  /** The file, as the process has it open. */
  readonly fd: number;
  /** How many cpu attempts are marked at once, at most; with 1 none is marked that does not start. */
  readonly ahead: number;
}

/** Bytes of a slot's area. */
export function areaBytes(entries: number): number {
  return (BoxPart.io + entries) * NUMBER_BYTES;
}

/** Attempts of one task are told apart up to here; the next ones begin anew. */
const ATTEMPTS = 64;

/** The mark of an attempt, never 0: task numbers count from 1. */
export function markOf(id: number, attempt: number): number {
  return id * ATTEMPTS + (attempt % ATTEMPTS);
}
