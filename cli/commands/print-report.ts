import type { Host } from '../host.js';
import { paintFor } from '../render/paint.js';
import { columnsOf } from '../render/progress.js';
import { brokenOffText, summaryJson, summaryText } from '../render/summary.js';
import type { RunOptions } from './run-options.js';
import type { RunReport } from './run-report.js';

/** Where no terminal cuts the lines, only what would bury the rest of a log is cut. */
const columnsElsewhere = 1000;

/** Prints the summary of a run on stderr, as the options want it. */
export function printReport(report: RunReport, options: RunOptions, { stderr }: Host): void {
  if (options.json) stderr.write(summaryJson(report));
  else if (options.quiet) stderr.write(brokenOffText(report));
  // Whoever closed the pipe has what they wanted.
  else if (report.ending.by !== 'reader') {
    stderr.write(summaryText(report, stderr.isTTY ? columnsOf(stderr) : columnsElsewhere, paintFor(stderr)));
  }
}
