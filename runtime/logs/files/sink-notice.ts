/** What log files have to say about themselves. */
export type SinkNotice = SinkFault | SinkRecovered | SinkLost | SinkShared | FileKept;

/** Lines cannot be written. They are held and tried again; told at most once a second. */
export interface SinkFault {
  readonly kind: 'fault';
  readonly path: string;
  /** The system's word for it: `ENOSPC`, `EMFILE`, … */
  readonly code: string;
  readonly message: string;
  /** Lines that wait for the fault to end. */
  readonly held: number;
  /** Lines given up since it began, because no more than four megabytes are held. */
  readonly dropped: number;
}

/** Everything that was held is written. */
export interface SinkRecovered {
  readonly kind: 'recovered';
  /** Lines that were given up while the fault lasted. */
  readonly dropped: number;
}

/** The files were closed while a fault lasted: these lines are not in them. */
export interface SinkLost {
  readonly kind: 'lost';
  readonly dropped: number;
}

/** The directory was removed while it was written to, and now belongs to another process as well. It is not swept from here any more. */
export interface SinkShared {
  readonly kind: 'shared';
  readonly path: string;
}

/**
 * Something could not be done to a file, or to the directory, and is tried again within the hour. Told once for each file and code. What
 * could not be read is a packed file that is broken; it was put aside, and is kept as long as others.
 */
export interface FileKept {
  readonly kind: 'kept';
  readonly path: string;
  readonly wanted: 'remove' | 'compress' | 'list' | 'read';
  readonly code: string;
  readonly message: string;
}

/** The system's word for an error; its name where there is none. */
export function codeOf(error: unknown): string {
  const { code, name } = error as NodeJS.ErrnoException;
  return code ?? name;
}

/** What an error says. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
