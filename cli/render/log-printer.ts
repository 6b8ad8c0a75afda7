import type { LogSink } from '../../runtime/index.js';
import { jsonText } from './json-text.js';
import { visible } from './visible.js';

/** Prints log lines as `level task#id message`, what else they carry as JSON behind. */
export function logPrinter(print: (line: string) => void): LogSink {
  const at =
    (level: string): LogSink['info'] =>
    (message, fields) => {
      const { task, taskId, attempt: _attempt, ...rest } = fields;
      const who = typeof task === 'string' ? ` ${task}#${String(taskId)}` : '';
      const more = Object.keys(rest).length === 0 ? '' : ` ${jsonText(rest)}`;
      print(`${level}${who} ${visible(message)}${more}`);
    };
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}
