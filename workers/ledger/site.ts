import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { originalPosition, type Position } from './source-map.js';

/** Frames kept of a file's opening: user code is near. */
export const FILE_FRAMES = 12;
/** Frames kept of a socket's: HTTP clients stand between it and the user. */
export const SOCKET_FRAMES = 40;

/** What is used of a frame: V8's own keep the object and the function they belong to. Its file may be an address, or none. */
type Frame = Position;

/**
 * Where something was opened: a stack, kept as it is and turned into a line when somebody asks. Taking one costs 2 to 5 µs, turning it
 * into text as much again, and most are dropped unread.
 */
export class Site {
  declare readonly stack: unknown;
  readonly #isTold: boolean;
  #line: string | null | undefined;
  #frames: readonly Frame[] | undefined;

  constructor(isTold: boolean) {
    this.#isTold = isTold;
  }

  /** Notes the stack above a function, which must be on it; `isTold` is whether the line may be asked for. */
  // eslint-disable-next-line @typescript-eslint/no-unsafe-function-type -- any function can be the one that was called
  static above(callee: Function, frames: number, isTold = true): Site {
    const site = new Site(isTold);
    const limit = Error.stackTraceLimit;
    try {
      Error.stackTraceLimit = frames;
      Error.captureStackTrace(site, callee);
      Error.stackTraceLimit = limit;
    } catch {
      // Whoever froze Error gets no lines, and opens files all the same.
    }
    return site;
  }

  /** `file:line:column` of the first frame of the user's own code, else of a package's; null when there is neither. */
  line(): string | null {
    if (this.#line === undefined) this.#line = this.#isTold ? lineOf(this.#read()) : null;
    return this.#line;
  }

  /** Whether a module was being evaluated: what it opens then belongs to it, not to the attempt that happened to load it. */
  isModules(): boolean {
    return this.#read().some(({ file }) => /^node:internal\/modules\/(?:esm\/module_job|cjs\/loader)/.test(file));
  }

  /** Whether one of its frames is in a file. */
  passes(file: string): boolean {
    return this.#read().some((frame) => frame.file === file);
  }

  #read(): readonly Frame[] {
    this.#frames ??= framesOf(this);
    return this.#frames;
  }
}

/** The folder of our own code, which is never the user's. */
export const OWN = ownFolder();

function ownFolder(): string {
  const [frame] = framesOf(Site.above(ownFolder, 1));
  return dirname(pathOf(frame?.file ?? ''));
}

/** Reads a stack past whatever the user formats stacks with. */
function framesOf(site: Site): readonly Frame[] {
  if (Object.isFrozen(Error)) return [];
  const errors: { prepareStackTrace?: unknown } = Error;
  const { prepareStackTrace } = errors;
  try {
    errors.prepareStackTrace = plain;
    return Array.isArray(site.stack) ? (site.stack as Frame[]) : [];
  } finally {
    if (prepareStackTrace === undefined) delete errors.prepareStackTrace;
    else errors.prepareStackTrace = prepareStackTrace;
  }
}

function plain(_error: unknown, frames: NodeJS.CallSite[]): Frame[] {
  return frames.map((frame) => ({
    file: frame.getFileName() ?? '',
    line: frame.getLineNumber() ?? 0,
    column: frame.getColumnNumber() ?? 0,
  }));
}

const IN_PACKAGE = /[\\/]node_modules[\\/]/;

function lineOf(frames: readonly Frame[]): string | null {
  let packages: Position | undefined;
  for (const frame of frames) {
    if (frame.file === '' || frame.file.startsWith('node:')) continue;
    const file = pathOf(frame.file);
    if (dirname(file) === OWN) continue;
    const place = { ...frame, file };
    // The source counts as well as what runs: a bundler may have put packages into the user's file.
    const source = IN_PACKAGE.test(file) ? place : originalPosition(file, frame.line, frame.column);
    if (!IN_PACKAGE.test(source.file)) return textOf(source);
    packages ??= place;
  }
  return packages === undefined ? null : textOf(originalPosition(packages.file, packages.line, packages.column));
}

function textOf({ file, line, column }: Position): string {
  return `${file}:${line}:${column}`;
}

function pathOf(file: string): string {
  return file.startsWith('file://') ? fileURLToPath(file) : file;
}
