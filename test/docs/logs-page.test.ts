// docs/logs.md, and the records it speaks of.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import test from 'node:test';
import { pathToFileURL } from 'node:url';
import { Incidents } from '../../runtime/logs/incidents.js';
import { eventRecord, lineRecord, taskEndedRecord } from '../../runtime/logs/record.js';
import { RECORD_FIELDS, type RecordField } from '../../runtime/logs/record-fields.js';
import { checkField, checkRecord } from '../support/check-record.js';
import { ended, failed, INSTANCE, LONG, line, sampleEvents } from '../support/sample-records.js';
import { fencesOf, readPage } from './support/markdown.js';
import { root } from './support/run-program.js';

/** A script of scripts/, which is plain JavaScript outside every TypeScript project. */
async function script<Exports>(name: string): Promise<Exports> {
  return (await import(pathToFileURL(join(root, 'scripts', name)).href)) as Exports;
}

test('the table of fields in docs/logs.md is that of the code', async () => {
  const { fieldsBlock } = await script<{ fieldsBlock: (fields: readonly RecordField[]) => string }>('logs-doc.mjs');
  const { withBlock } = await script<{ withBlock: (...parts: string[]) => string }>('bench-doc.mjs');
  const page = readPage('docs/logs.md');
  const wanted = withBlock(page, fieldsBlock(RECORD_FIELDS), 'docs/logs.md', 'fields');
  assert.equal(page, wanted, 'npm run docs:accept writes it anew');
});

test('each field stands in the table once, with an example of its type and a unit in its name', () => {
  const names = RECORD_FIELDS.map(({ name }) => name);
  assert.deepEqual(names, [...new Set(names)]);
  for (const { name, unit, example, meaning } of RECORD_FIELDS) {
    checkField(name, JSON.parse(example));
    assert.match(meaning, /^[^.]+\.$|^[^.]*`[^`]+`[^.]*\.$/, name);
    assert.equal(unit !== '', /_(?:ms|bytes)$/.test(name) || name === 'dropped.bytes', name);
  }
});

test('every record has known fields only, in the order of the table', () => {
  const used = new Set<string>();
  for (const text of allRecords()) {
    for (const name of Object.keys(checkRecord(text))) used.add(name);
  }
  assert.deepEqual(
    RECORD_FIELDS.map(({ name }) => name).filter((name) => !used.has(name)),
    [],
    'fields that no record has',
  );
});

test('records shown on the page are what the code makes', () => {
  const shown = fencesOf(readPage('docs/logs.md'))
    .filter(({ language }) => language === 'ndjson')
    .map(({ text }) => text);
  const [head] = new Incidents(INSTANCE).ofTask(failed(), { lines: [line()], missing: 0 });
  assert.deepEqual(shown, [lineRecord(line(), INSTANCE), taskEndedRecord(ended(), INSTANCE), head]);
});

function allRecords(): string[] {
  const trace = { traceId: '4bf92f3577b34da6a3ce929d0e0e4736', spanId: '00f067aa0ba902b7' };
  const leaked = [{ resource: 'file', path: '/app/a', openedAt: null } as const];
  const story = { lines: [line(), line({ seq: 1, source: 'log', fields: '{"width":320}' })], missing: 3 };
  const incidents = new Incidents(INSTANCE);
  return [
    lineRecord(line(), INSTANCE),
    lineRecord(line({ ...trace, isPartial: true, isBinary: true, fields: '{}' }), INSTANCE, {
      rule: 'cache',
      alarm: true,
    }),
    lineRecord(line({ taskId: undefined, taskName: undefined, attempt: 0 }), INSTANCE, { incident: 'k3v9x0ab-1' }),
    ...sampleEvents().map((event) => eventRecord(event, INSTANCE)),
    taskEndedRecord(ended({ trace }, { descriptors: { opened: 1, leaked } }), INSTANCE),
    taskEndedRecord(ended({ outcome: 'cancelled' }, { attempts: 0, slot: null }), INSTANCE),
    taskEndedRecord(failed(), INSTANCE),
    ...incidents.ofTask(failed(), story),
    ...incidents.ofFinding(LONG, story, ended()),
    ...incidents.ofFinding(LONG),
    ...Array.from({ length: 100 }, () => incidents.ofTask(failed())).flat(),
    ...incidents.due(failed().at + 60_000),
  ];
}
