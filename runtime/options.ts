import * as check from './checks.js';
import { DURATION, type OptionEntry } from './option-entry.js';
import { SUPERVISOR_OPTIONS } from './supervisor-option-table.js';
import { TASK_OPTIONS } from './task-option-table.js';

export type { OptionEntry, Scope } from './option-entry.js';

/** The table of all options. docs/options.md is checked against it. */
export const OPTIONS: Readonly<Record<string, OptionEntry>> = { ...SUPERVISOR_OPTIONS, ...TASK_OPTIONS };

/** Options of `close`, apart: `timeout` means something else there. */
export const CLOSE_OPTIONS: Readonly<Record<string, OptionEntry>> = {
  timeout: {
    type: DURATION,
    doc: 'How long accepted work may go on before it is aborted. A second call may shorten it.',
    default: "'30s'",
    scopes: ['close'],
    check: check.duration,
  },
  queued: {
    type: "'finish' | 'reject'",
    doc: 'Whether tasks that were accepted and have not started are run, or rejected with PLUSTWO_CLOSED.',
    default: "'finish'",
    scopes: ['close'],
    check: check.oneOf('finish', 'reject'),
  },
};
