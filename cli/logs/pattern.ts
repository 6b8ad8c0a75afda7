import { InvalidArgumentError } from 'commander';

/** What a text has to hold. */
export interface Pattern {
  matches(text: string): boolean;
  /** Whether a text may match of which only a piece is there, as it stands in a file. */
  mayMatch(piece: string): boolean;
  /** What every record whose text matches holds as it stands in the file, if anything. */
  readonly needle: string | undefined;
}

/** A text as it is written, or `/REGEX/` with the flags i, m, s and u. Throws for a regular expression that is none. */
export function pattern(given: string): Pattern {
  if (given === '') throw new InvalidArgumentError('Expected a text, or /REGEX/, got nothing.');
  const [, source, flags] = /^\/(.+)\/([imsu]*)$/s.exec(given) ?? [];
  if (source === undefined) {
    const needle = plainPart(given);
    return { matches: (text) => text.includes(given), mayMatch: (piece) => piece.includes(needle ?? ''), needle };
  }
  try {
    const regex = new RegExp(source, flags);
    const matches = (text: string): boolean => regex.test(text);
    return { matches, mayMatch: matches, needle: undefined };
  } catch (error) {
    throw new InvalidArgumentError(`Expected a text, or /REGEX/, got '${given}' (${(error as Error).message}).`);
  }
}

/** The longest part of a text that JSON writes as it is: quotes and control characters stand in a file as their escapes. */
function plainPart(text: string): string | undefined {
  const parts = text.split(/["\\\p{Cc}\p{Cs}]+/u);
  const longest = parts.reduce((best, part) => (part.length > best.length ? part : best), '');
  return longest === '' ? undefined : longest;
}
