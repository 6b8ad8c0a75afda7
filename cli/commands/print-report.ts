import type { Host } from '../host.js';
import { ledgerText, verdictText } from '../render/ledger.js';
import { paintFor } from '../render/paint.js';
import { columnsOf } from '../render/progress.js';
import { brokenOffText, summaryJson, summaryText } from '../render/summary.js';
import type { RunOptions } from './run-options.js';
import type { RunReport } from './run-report.js';

/** Where no terminal cuts the lines, only what would bury the rest of a log is cut. */
const columnsElsewhere = 1000;

/** Prints the summary of a run on stderr, as the options want it. */
export function printReport(report: RunReport, options: RunOptions, host: Host): void {
  const { stderr } = host;
  if (options.json) stderr.write(summaryJson(report));
  else if (options.quiet) stderr.write(brokenOffText(report) + verdictText(report, options.leaks));
  // Whoever closed the pipe has what they wanted.
  else if (report.ending.by !== 'reader') {
    const columns = stderr.isTTY ? columnsOf(stderr) : columnsElsewhere;
    const paint = paintFor(stderr);
    const layout = { columns, cwd: host.cwd(), paint };
    stderr.write(summaryText(report, layout));
    stderr.write(ledgerText(report, { ...layout, mode: options.leaks }));
  }
}
