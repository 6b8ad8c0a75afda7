/** One JSON object of a log file, and the line it was read from. Who wrote the file is not known, so no field is believed before it is asked for. */
export interface LogRecord {
  readonly line: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** The record that a line is, or `undefined` when it is none: no JSON object, or one that does not say when. */
export function parseRecord(line: string): LogRecord | undefined {
  let fields: unknown;
  try {
    fields = JSON.parse(line);
  } catch {
    return undefined;
  }
  if (typeof fields !== 'object' || fields === null || !('timestamp' in fields)) return undefined;
  const at = typeof fields.timestamp === 'string' ? Date.parse(fields.timestamp) : Number.NaN;
  return Number.isNaN(at) ? undefined : { line, at, fields: fields };
}

/** A field that is a text. */
export function textOf({ fields }: LogRecord, field: string): string | undefined {
  const value = fields[field];
  return typeof value === 'string' ? value : undefined;
}

/** A field that is a number. */
export function numberOf({ fields }: LogRecord, field: string): number | undefined {
  const value = fields[field];
  return typeof value === 'number' ? value : undefined;
}

/**
 * What tells a record from every other, and is the same for its copy in an incident file: for a line its place among the lines of its
 * attempt, on which thread and when, for what the supervisor says itself what it says, of whom, and when. The place alone is not enough:
 * an attempt that was cut short is run again under its number, on another thread or on the same one, and so are lines of no task after a
 * restart. `undefined` for a record of somebody else's making.
 */
export function identityOf(record: LogRecord): string | undefined {
  const { fields } = record;
  const instance = fields['service.instance.id'];
  if (instance === undefined) return undefined;
  const event = fields['event_name'];
  const incident = fields['incident.id'];
  if (event === 'incident' && incident !== undefined) return JSON.stringify([instance, event, incident]);
  const whose = ['timestamp', 'task.id', 'task.attempt', 'thread.slot'];
  if (event !== undefined) return identity([instance, event], fields, [...whose, ...saying]);
  if (fields['log.seq'] === undefined) return undefined;
  return identity([instance], fields, [...whose, 'thread.generation', 'log.seq']);
}

/** What tells apart what is said in one millisecond of the same attempt. */
const saying = ['body', 'task.name', 'anomaly.type', 'suppressed.kind', 'suppressed.rule', 'attributes'];

function identity(parts: readonly unknown[], fields: LogRecord['fields'], names: readonly string[]): string {
  return JSON.stringify([...parts, ...names.map((name) => fields[name])]);
}
