/** Where the name of a field comes from. */
export type FieldOrigin = 'log model' | 'convention' | 'ours';

/** What stands in a field, in JSON; `true` is either that or absent. */
export type FieldType = 'string' | 'integer' | 'number' | 'true' | 'object';

/** One field of a record. */
export interface RecordField {
  readonly name: string;
  readonly type: FieldType;
  /** `''` where there is none. */
  readonly unit: string;
  /** OpenTelemetry's log model or its semantic conventions, where they have a name for it. */
  readonly origin: FieldOrigin;
  /** A value of it, as JSON. */
  readonly example: string;
  /** One sentence. */
  readonly meaning: string;
}

type Row = readonly [
  name: string,
  type: FieldType,
  unit: string,
  origin: FieldOrigin,
  example: string,
  meaning: string,
];

const MODEL = 'log model';
const CONVENTION = 'convention';
const OURS = 'ours';

/** In the order in which records have them. */
const ROWS = [
  ['timestamp', 'string', '', MODEL, '"2026-03-01T09:30:00.125Z"', 'When it happened, UTC.'],
  ['severity_text', 'string', '', MODEL, '"INFO"', '`DEBUG`, `INFO`, `WARN` or `ERROR`.'],
  ['severity_number', 'integer', '', MODEL, '9', 'The same as a number: 5, 9, 13 or 17.'],
  ['body', 'string', '', MODEL, '"resized 12 images"', 'The line, or what the supervisor has to say.'],
  ['event_name', 'string', '', MODEL, '"task.ended"', 'Which event of the supervisor; lines of tasks have none.'],
  ['trace_id', 'string', '', MODEL, '"4bf92f3577b34da6a3ce929d0e0e4736"', "The trace of the task's caller."],
  ['span_id', 'string', '', MODEL, '"00f067aa0ba902b7"', "The span of the task's caller."],
  ['service.instance.id', 'string', '', CONVENTION, '"k3v9x0ab"', 'Which supervisor; each numbers its tasks anew.'],
  ['task.id', 'integer', '', OURS, '412', 'Number of the task, unique within its supervisor.'],
  ['task.name', 'string', '', OURS, '"resize"', "The task's name."],
  ['task.attempt', 'integer', '', OURS, '1', 'Which attempt, from 1.'],
  ['task.outcome', 'string', '', OURS, '"failed"', '`ok`, `failed`, `cancelled`, `timed-out` or `lost`.'],
  ['task.attempts', 'integer', '', OURS, '3', 'Attempts the task took.'],
  ['task.wait_ms', 'number', 'ms', OURS, '12.4', 'From submission to the start of its last attempt.'],
  ['task.run_ms', 'number', 'ms', OURS, '86.2', 'How long the last attempt ran.'],
  ['task.cpu_ms', 'number', 'ms', OURS, '80.05', 'CPU the last attempt used; absent where it was not read.'],
  ['task.heap_delta_bytes', 'integer', 'bytes', OURS, '-20480', 'How the heap changed over it; absent likewise.'],
  ['task.descriptors_opened', 'integer', '', OURS, '4', 'Descriptors the task opened; absent for none.'],
  ['task.descriptors_leaked', 'integer', '', OURS, '1', 'How many of them it left open; absent for none.'],
  ['thread.slot', 'integer', '', OURS, '2', 'The slot whose thread it was.'],
  ['thread.generation', 'integer', '', OURS, '1', "Which of the slot's threads, from 1."],
  ['process.pid', 'integer', '', CONVENTION, '4242', 'Process of the supervisor.'],
  ['log.iostream', 'string', '', CONVENTION, '"stdout"', '`stdout` or `stderr`, for what was printed.'],
  ['log.seq', 'integer', '', OURS, '17', 'Place of the line in its attempt, or thread, from 0.'],
  ['log.partial', 'true', '', OURS, 'true', 'The line goes on in the next record, or its attempt ended before it did.'],
  ['log.binary', 'true', '', OURS, 'true', 'It was no UTF-8; U+FFFD stands for what is unreadable.'],
  ['log.rule', 'string', '', OURS, '"heartbeat"', 'The noise rule it matched, or is about.'],
  ['log.alarm', 'true', '', OURS, 'true', 'It has an alarm word, and a level below `ERROR`.'],
  ['suppressed.count', 'integer', '', OURS, '1204', 'How many were counted and not written.'],
  ['suppressed.rule', 'string', '', OURS, '"heartbeat"', 'The noise rule they matched.'],
  ['suppressed.kind', 'string', '', OURS, '"heartbeat # of #"', 'What they have in common, numbers masked.'],
  ['suppressed.window_ms', 'integer', 'ms', OURS, '60000', 'In how long.'],
  ['dropped.count', 'integer', '', OURS, '37', 'Lines that were lost for want of room.'],
  ['dropped.bytes', 'integer', 'bytes', OURS, '4096', 'How much that was, where it is known.'],
  ['exception.type', 'string', '', CONVENTION, '"RangeError"', 'Name of the error; the type of what is none.'],
  ['exception.message', 'string', '', CONVENTION, '"no such size"', 'Its message.'],
  ['exception.stacktrace', 'string', '', CONVENTION, '"RangeError: …"', 'Its stack, and those of its causes.'],
  ['anomaly.type', 'string', '', OURS, '"duration"', 'What is unusual.'],
  ['anomaly.value', 'number', '', OURS, '4100', 'What was found; milliseconds, bytes or a count.'],
  ['anomaly.threshold', 'number', '', OURS, '1210.5', 'From where on it is unusual.'],
  ['anomaly.baseline', 'number', '', OURS, '82.7', 'What is usual: the median.'],
  ['incident.id', 'string', '', OURS, '"k3v9x0ab-7"', 'The incident it is kept for.'],
  ['incident.kind', 'string', '', OURS, '"failed"', "The task's outcome, or the type of the anomaly."],
  ['attributes', 'object', '', MODEL, '{"width":320}', 'What `ctx.log` got beside the message; details of an event.'],
] as const satisfies readonly Row[];

type FieldRow = (typeof ROWS)[number];

interface JsonTypes {
  readonly string: string;
  readonly integer: number;
  readonly number: number;
  readonly true: boolean;
  readonly object: object;
}

/** The fields of one record by name. What is undefined, false or no finite number is left out. */
export type RecordValues = { [Field in FieldRow as Field[0]]?: JsonTypes[Field[1]] | undefined };

/** The table of all fields, in their order. docs/logs.md is checked against it. */
export const RECORD_FIELDS: readonly RecordField[] = ROWS.map(([name, type, unit, origin, example, meaning]) => ({
  name,
  type,
  unit,
  origin,
  example,
  meaning,
}));

/** Names of all fields, in their order. */
export const FIELD_NAMES: readonly (keyof RecordValues)[] = ROWS.map(([name]) => name);
