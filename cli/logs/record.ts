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
 * attempt, for what the supervisor says itself what it says, of whom, and when. `undefined` for a record of somebody else's making.
 */
export function identityOf(record: LogRecord): string | undefined {
  const { fields } = record;
  const instance = fields['service.instance.id'];
  if (instance === undefined) return undefined;
  const event = fields['event_name'];
  if (event === 'incident') return JSON.stringify([instance, event, fields['incident.id']]);
  const whose = [instance, fields['task.id'], fields['task.attempt']];
  if (event !== undefined) {
    return JSON.stringify([...whose, event, fields['timestamp'], fields['anomaly.type'], fields['body']]);
  }
  if (fields['log.seq'] === undefined) return undefined;
  const thread = fields['task.id'] === undefined ? [fields['thread.slot'], fields['thread.generation']] : [];
  return JSON.stringify([...whose, ...thread, fields['log.seq']]);
}
