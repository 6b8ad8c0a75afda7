import type { LogLevel } from '../../workers/protocol/messages.js';

/** The levels in their order. */
export const LEVEL_RANKS: Readonly<Record<LogLevel, number>> = { debug: 0, info: 1, warn: 2, error: 3 };
