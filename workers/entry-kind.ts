import { EntryFlag, LEVEL_NUMBER, LEVEL_SHIFT, type RingLine, SOURCE_NUMBER } from './protocol/log-ring.js';

/** What an entry says of its line by single bits. */
export function entryKind(line: RingLine, isAscii: boolean): number {
  return (
    SOURCE_NUMBER[line.source] |
    (LEVEL_NUMBER[line.level] << LEVEL_SHIFT) |
    (line.isPartial ? EntryFlag.partial : 0) |
    (line.isBinary ? EntryFlag.binary : 0) |
    (line.fields === undefined ? 0 : EntryFlag.fields) |
    (line.isLate ? EntryFlag.late : 0) |
    (line.trace === undefined ? 0 : EntryFlag.trace) |
    (line.taskId === undefined ? 0 : EntryFlag.task) |
    (isAscii ? EntryFlag.ascii : 0)
  );
}
