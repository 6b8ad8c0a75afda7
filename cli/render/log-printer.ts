import type { LogSink } from '../../runtime/index.js';
import { droppedIn, droppedLine } from './dropped-line.js';
import { jsonText } from './json-text.js';
import { visible } from './visible.js';

/**
 * Prints what tasks print, as it is, and what they log as `level task#id message`, what else it carries as JSON behind; and what the
 * supervisor itself says and nobody else tells.
 */
export function logPrinter(print: (line: string) => void): LogSink {
  const at =
    (level: string): LogSink['info'] =>
    (message, fields) => {
      const { task, taskId, attempt, stream, ...rest } = fields;
      if (stream !== undefined) {
        print(message);
        return;
      }
      if (attempt === undefined && isToldElsewhere(fields)) return;
      const dropped = droppedIn(fields);
      if (dropped !== undefined) {
        print(droppedLine(dropped));
        return;
      }
      const who = typeof task === 'string' ? ` ${task}#${String(taskId)}` : '';
      const more = Object.keys(rest).length === 0 ? '' : ` ${jsonText(rest)}`;
      print(`${level}${who} ${visible(message)}${more}`);
    };
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}

/**
 * Why threads die or are replaced and whose memory grows is told once, at the end of the run: a leaky task may have its threads replaced every
 * second. What becomes of a dependency is told from its event, where there is more of it.
 */
function isToldElsewhere(fields: Readonly<Record<string, unknown>>): boolean {
  return 'dependency' in fields || ('slot' in fields && ('reason' in fields || 'bytesPerTask' in fields));
}
