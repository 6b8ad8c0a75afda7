import type { LogLevel } from '../../workers/protocol/messages.js';
import type { PlainText } from './log-line.js';

/** What the gate looks at of a line. */
export interface GateLine {
  readonly level: LogLevel;
  /** Undefined for what no task wrote, as the supervisor itself. */
  readonly taskName: string | undefined;
  readonly text: string;
  /** The same where it lies; the text is asked for only where that is not enough. */
  readonly plain?: PlainText | undefined;
  /** What was logged beside the text, as text. It may alarm; it makes no kind. */
  readonly fields?: string | undefined;
  /** Which task wrote it, if one did: signs of life are expected from it until it ends. */
  readonly taskId?: number | undefined;
  /** Whether it came when its attempt had ended. */
  readonly isLate?: boolean;
  /** Whose end it tells, if it tells one. */
  readonly ended?: { readonly taskId: number };
}

/** What becomes of a line. */
export type Verdict =
  | {
      readonly keep: true;
      /** The rule it matched. */
      readonly rule?: string;
      /** Whether it has an alarm word, and is no error anyway. */
      readonly alarm: boolean;
    }
  | { readonly keep: false };

/** What the gate has to say itself. */
export type GateNote<Line> = LineNote<Line> | SuppressedNote | RuleNote;

/** A line that was counted, and then was the only one: it takes no more room than saying so. It counts as kept. */
export interface LineNote<Line> {
  readonly type: 'line';
  readonly line: Line;
  readonly rule?: string;
}

/** Lines that were counted instead of kept: those of a rule together, of the others each kind by itself. */
export interface SuppressedNote {
  readonly type: 'suppressed';
  readonly count: number;
  readonly rule?: string;
  /** The beginning of their mask; of the first one, where a rule has several kinds. */
  readonly kind: string;
  /** The highest of them. */
  readonly level: LogLevel;
  /** Undefined where there are several, or it is no task's. */
  readonly taskName: string | undefined;
  /** How long they were counted, milliseconds; less than a window where the gate was closed, or the kind had to make room. */
  readonly windowMs: number;
}

export type RuleNote =
  /** A rule whose lines came evenly has not matched any more. */
  | {
      readonly type: 'silent';
      readonly rule: string;
      /** For how many windows: one; two where few lines per window are usual, for of those a second's drift may leave one out. */
      readonly windows: number;
      /** The median of windows before. */
      readonly usual: number;
    }
  /** A rule matched far more often than usual within one window, and there were not as many more other lines, or tasks. */
  | { readonly type: 'jump'; readonly rule: string; readonly count: number; readonly usual: number };
