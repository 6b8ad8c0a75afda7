import type { FieldsFirstLogger, LogSink } from './log-options.js';

/** A logger that takes its fields first, as one that takes them last. */
export function fieldsLast(logger: FieldsFirstLogger): LogSink {
  const at =
    (level: keyof LogSink): LogSink['info'] =>
    (message, fields) => {
      logger[level](fields, message);
    };
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}

/** A logger whose errors are thrown where the host sees them: not through the middle of our work, and at no line's cost. */
export function throwingApart(logger: LogSink): LogSink {
  const at =
    (level: keyof LogSink): LogSink['info'] =>
    (message, fields) => {
      try {
        logger[level](message, fields);
      } catch (error) {
        queueMicrotask(() => {
          throw error;
        });
      }
    };
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}
