/** Files are named after the hour they hold, in UTC. */
export const HOUR_MS = 3_600_000;
/** The end of the name of a packed file, */
export const PACKED = '.gz';
/** of one that is being packed, */
export const PART = '.gz.part';
/** and of one that is packed and about to replace what it was packed from. */
export const WHOLE = '.gz.whole';

/** A file of the directory. */
export interface ListedFile {
  readonly name: string;
  readonly bytes: number;
}

/** What a name says. */
export interface NamedFile {
  readonly name: string;
  /** When its hour began, milliseconds since the epoch. */
  readonly hour: number;
  /** What follows `.log`: nothing for a file that is written to, or was. */
  readonly suffix: string;
}

/** What is kept. */
export interface RetentionTerms {
  readonly prefix: string;
  /** Milliseconds since the epoch. */
  readonly now: number;
  readonly retentionMs: number;
  /** Names of files that are being written to: these are never removed. */
  readonly inUse: ReadonlySet<string>;
}

/**
 * What the name of one of our files says; undefined for any other. Names that end in a number, packed or not, are made by other settings of
 * the rotating files, and are ours as well.
 */
export function named(name: string, prefix: string): NamedFile | undefined {
  if (!name.startsWith(`${prefix}.`)) return undefined;
  const match = /^(\d{4}-\d\d-\d\d)T(\d\d)\.log((?:\.\d+)?(?:\.gz(?:\.(?:\d+|part|whole))?)?)$/.exec(
    name.slice(prefix.length + 1),
  );
  if (match === null) return undefined;
  const [, day = '', hours = '', suffix = ''] = match;
  const hour = Date.parse(`${day}T${hours}:00:00.000Z`);
  // No such day or hour: a name somebody else has given.
  if (Number.isNaN(hour) || !new Date(hour).toISOString().startsWith(`${day}T${hours}`)) return undefined;
  return { name, hour, suffix };
}

/** The hour a moment belongs to. */
export function hourOf(at: number): number {
  return Math.floor(at / HOUR_MS) * HOUR_MS;
}

/**
 * Files whose last line may not be kept any longer, the oldest first. The hour in the name decides, not the time of the last change, which
 * copying and packing set anew.
 */
export function overdue(listing: readonly ListedFile[], terms: RetentionTerms): string[] {
  return ours(listing, terms)
    .filter(({ name, hour }) => !terms.inUse.has(name) && hour + HOUR_MS + terms.retentionMs <= terms.now)
    .map(({ name }) => name);
}

/** The oldest files that have to go so that all of ours together are no larger than `maxBytes`; those in use count and stay. */
export function overweight(listing: readonly ListedFile[], maxBytes: number, terms: RetentionTerms): string[] {
  const files = ours(listing, terms);
  let bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  const names: string[] = [];
  for (const file of files) {
    if (bytes <= maxBytes) break;
    if (terms.inUse.has(file.name)) continue;
    names.push(file.name);
    bytes -= file.bytes;
  }
  return names;
}

function ours(listing: readonly ListedFile[], { prefix }: RetentionTerms): (NamedFile & ListedFile)[] {
  return listing
    .flatMap((file) => {
      const what = named(file.name, prefix);
      return what === undefined ? [] : [{ ...file, ...what }];
    })
    .sort((one, other) => one.hour - other.hour || (one.name < other.name ? -1 : 1));
}
