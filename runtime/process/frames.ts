/**
 * Frames on the wire: a header, then what is in it.
 *
 * | bytes | of the header |
 * |---|---|
 * | 4 | how long the frame is without it |
 * | 1 | what is in it: see `FrameKind` |
 * | 4, 4 | two numbers that its sender tells with each frame |
 */
export const FrameKind = {
  /** A message, serialized. */
  message: 0,
  /** Tasks or outcomes, one record after another. */
  records: 1,
} as const;

/** Length of a header. */
export const HEADER_BYTES = 13;

/** Where in a header something stands. */
export const Header = { length: 0, kind: 4, first: 5, second: 9 } as const;
