import assert from 'node:assert/strict';
import { FIELD_NAMES, RECORD_FIELDS } from '../../runtime/logs/record-fields.js';

const fieldOf = new Map(RECORD_FIELDS.map((field) => [field.name, field]));

/** What every record has; a line has no `event_name`, and nobody else's events have one. */
const NEEDED = ['timestamp', 'severity_text', 'severity_number', 'body', 'service.instance.id'];

const SEVERITIES: Readonly<Record<string, number>> = { DEBUG: 5, INFO: 9, WARN: 13, ERROR: 17 };

/** Checks that a text is one record: a line of JSON, with known fields only, of their types and in the table's order. Gives what it says. */
export function checkRecord(text: string): Record<string, unknown> {
  assert.equal(text.indexOf('\n'), text.length - 1, 'it is one line');
  const record = JSON.parse(text) as Record<string, unknown>;
  const names = Object.keys(record);
  for (const [name, value] of Object.entries(record)) checkField(name, value);
  const inOrder: string[] = FIELD_NAMES.filter((name) => names.includes(name));
  assert.deepEqual(names, inOrder);
  for (const name of NEEDED) assert.ok(names.includes(name), `${name} is missing: ${text}`);
  assert.equal(record['severity_number'], SEVERITIES[String(record['severity_text'])]);
  assert.match(String(record['timestamp']), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  // A field that stands there twice would be hidden by the parser.
  assert.equal(topLevelKeys(text), names.length);
  return record;
}

/** Checks a value against its field in the table. */
export function checkField(name: string, value: unknown): void {
  const type = fieldOf.get(name)?.type;
  switch (type) {
    case 'string':
    case 'number':
      assert.equal(typeof value, type, name);
      break;
    case 'integer':
      assert.ok(Number.isSafeInteger(value), name);
      break;
    case 'true':
      assert.equal(value, true, name);
      break;
    case 'object':
      assert.ok(typeof value === 'object' && value !== null && !Array.isArray(value), name);
      break;
    case undefined:
      assert.fail(`${name} is not in the table`);
  }
}

/** How many keys the outermost object has, by its text. */
function topLevelKeys(text: string): number {
  const bare = text.replaceAll(/"(?:[^"\\]|\\.)*"/g, '"');
  let depth = 0;
  let keys = 0;
  for (const [at, sign] of [...bare].entries()) {
    if (sign === '{' || sign === '[') depth++;
    else if (sign === '}' || sign === ']') depth--;
    else if (sign === ':' && depth === 1 && bare[at - 1] === '"') keys++;
  }
  return keys;
}
