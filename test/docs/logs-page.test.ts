// docs/logs.md, and the records it speaks of.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import test from 'node:test';
import { pathToFileURL } from 'node:url';
import ts from 'typescript';
import { isAlarming } from '../../runtime/logs/alarm-words.js';
import { REGULAR, STRAIGHT, STRAIGHT_TASKS } from '../../runtime/logs/even-beat.js';
import { HEADS_PER_MINUTE, WHOLE_PER_DAY, WHOLE_PER_MINUTE } from '../../runtime/logs/incident-pace.js';
import { Incidents } from '../../runtime/logs/incidents.js';
import { logSettings } from '../../runtime/logs/log-settings.js';
import { GATE_TERMS, NoiseGate } from '../../runtime/logs/noise-gate.js';
import { NOISE_RULES } from '../../runtime/logs/noise-rules.js';
import { QUIET_MS } from '../../runtime/logs/quiet.js';
import { eventRecord, lineRecord, taskEndedRecord } from '../../runtime/logs/record.js';
import { RECORD_FIELDS, type RecordField } from '../../runtime/logs/record-fields.js';
import { STORY_LIMITS } from '../../runtime/logs/stories.js';
import { MOST_LINE_BYTES, RING_BYTES } from '../../workers/protocol/log-ring.js';
import { checkField, checkRecord } from '../support/check-record.js';
import { ended, failed, INSTANCE, LONG, line, sampleEvents } from '../support/sample-records.js';
import { codesOf, fencesOf, readPage, tableOf } from './support/markdown.js';
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

const page = readPage('docs/logs.md');

/** A cell of a table as the text it stands for. */
const plain = (cell: string): string => cell.replaceAll('\\|', '|');

test('the rules for noise in docs/logs.md are those of the code, in their order', () => {
  const rows = tableOf(page, 'rule').map(([name = '', , pattern = '']) => [name, plain(pattern)]);
  assert.deepEqual(
    rows,
    NOISE_RULES.map(({ name, pattern }) => [`\`${name}\``, `\`${String(pattern)}\``]),
  );
});

test('of what docs/logs.md gives for an example of a rule, the second line is counted', () => {
  for (const [name = '', example = ''] of tableOf(page, 'rule')) {
    const gate = new NoiseGate(GATE_TERMS);
    const said = { level: 'info', taskName: 'resize', text: codesOf(example)[0] ?? '' } as const;
    assert.deepEqual(gate.judge(said, 0), { keep: true, rule: codesOf(name)[0], alarm: false }, example);
    assert.deepEqual(gate.judge(said, 1), { keep: false }, example);
  }
});

test('what docs/logs.md calls two lines of a kind is one to the gate', () => {
  const [, ...lines] = /`([^`]+)` and `([^`]+)` are\./.exec(page) ?? [];
  assert.equal(lines.length, 2);
  const gate = new NoiseGate({ ...GATE_TERMS, first: { debug: 1, info: 1, warn: 1, rule: 1 } });
  const kept = lines.map((text) => gate.judge({ level: 'info', taskName: 'resize', text }, 0).keep);
  assert.deepEqual(kept, [true, false]);
});

test('what docs/logs.md calls no alarm is none', () => {
  const [, list = ''] = /they are\s+no alarm: ([^.]+)\./.exec(page) ?? [];
  const harmless = codesOf(list);
  assert.ok(harmless.length >= 4);
  assert.deepEqual(
    harmless.filter((text) => isAlarming(text)),
    [],
  );
});

/** The words of a type that is one of several. */
function wordsOfType(file: string, name: string): string[] {
  const source = ts.createSourceFile(file, readPage(file), ts.ScriptTarget.Latest, true);
  const declared = source.statements.find((part) => ts.isTypeAliasDeclaration(part) && part.name.text === name);
  return codesIn(declared?.getText() ?? '');
}

const codesIn = (text: string): string[] => [...text.matchAll(/'([\w-]+)'/g)].map(([, word = '']) => word);

test('docs/logs.md has every anomaly, and no other', () => {
  const named = tableOf(page, 'anomaly').map(([name = '']) => codesOf(name)[0]);
  assert.deepEqual(named, wordsOfType('runtime/logs/anomalies.ts', 'AnomalyType'));
});

test('docs/logs.md has every event of the records, and no other', () => {
  const named = tableOf(page, 'event').flatMap(([names = '']) => codesOf(names));
  const made = allRecords().map((record) => checkRecord(record)['event_name']);
  assert.deepEqual(named.sort(), [...new Set(made)].filter((name) => name !== undefined).sort());
});

/** The value of a constant of a file, which nobody else has any use for. */
function constantOf(file: string, name: string): string {
  const [, value] = new RegExp(`^const ${name} = ([^;]+);`, 'm').exec(readPage(file)) ?? [];
  assert.ok(value !== undefined, `${file} has no ${name}`);
  return value.replaceAll('_', ',');
}

test('figures in docs/logs.md are those of the code', () => {
  const { first, windowMs, mostKinds } = GATE_TERMS;
  const usual = (name: string): string => constantOf('runtime/logs/baseline.ts', name);
  const watch = (name: string): string => constantOf('runtime/logs/rule-watch.ts', name);
  const mebibytes = (bytes: number): string => `${bytes / 2 ** 20} MiB`;
  const text = page.replaceAll(/\s+/g, ' ');
  const sentences = [
    `the first ${first.info} of each kind per window are kept, the first ${first.warn} of a warning`,
    `window: '${windowMs / 1000}s'`,
    `No more than ${mostKinds.toLocaleString('en-US')} kinds are remembered`,
    `tried on the first ${constantOf('runtime/logs/gate-rule.ts', 'PATTERN_REACH').replace('2000', '2,000')} characters`,
    `where fewer than ${watch('DENSE')} in each are usual, two windows`,
    `| ${REGULAR.windows} | ${REGULAR.windows}, and one a window | The time from each to the next: the longest is at most ${REGULAR.times} times`,
    ...STRAIGHT.map(({ windows, lines }) => `| ${windows} | ${lines} | Their count`),
    `over ${STRAIGHT_TASKS.windows} windows and ${STRAIGHT_TASKS.lines} tasks`,
    `at least ${watch('LEAST_JUMP')} times in a window, more than ${watch('JUMP_TIMES')} times as often`,
    `in the median of the last ${watch('RECENT')} and more than ${watch('HIGHEST_TIMES')} times as often as in any of the last ${watch('MEMORY')}`,
    `the last ${usual('WINDOW')} tasks of that name, and nothing is unusual before there are ${usual('LEAST_SAMPLES')}`,
    `above ${usual('TIMES_P99')} times the 99th percentile and above ${usual('TIMES_MAD')} median deviations`,
    `at least ${usual('LEAST_EXCESS_MS')} ms over the median`,
    `told once in ${QUIET_MS / 60_000} minutes`,
    `${WHOLE_PER_MINUTE} a minute are whole, ${HEADS_PER_MINUTE} more are heads`,
    `${mebibytes(WHOLE_PER_DAY)} a day are whole stories`,
    `the last ${STORY_LIMITS.lines} lines are kept in memory for that, ${STORY_LIMITS.bytes / 1024} KiB at most`,
    `of all of them together ${mebibytes(STORY_LIMITS.totalBytes)}`,
    `a ring of ${mebibytes(RING_BYTES)} for each thread`,
    `${constantOf('runtime/threads/thread-lines.ts', 'LATER_MS')} ms after the thread has said`,
    `A line of more than ${MOST_LINE_BYTES / 1024} KiB`,
  ];
  assert.deepEqual(
    sentences.filter((sentence) => !text.includes(sentence)),
    [],
  );
});

/** A value as code writes it. */
function literal(text: string): unknown {
  return JSON.parse(text.replaceAll(/(\w+):/g, '"$1":').replaceAll("'", '"'));
}

test('the options of logs in docs/logs.md are those that are taken, with their defaults', () => {
  const rows = tableOf(page, 'option of `logs`');
  const source = ts.createSourceFile('o.ts', readPage('runtime/logs/log-options.ts'), ts.ScriptTarget.Latest, true);
  const options = source.statements.find((part) => ts.isInterfaceDeclaration(part) && part.name.text === 'LogOptions');
  const names = (options as ts.InterfaceDeclaration).members.map((member) => member.name?.getText());
  assert.deepEqual(
    rows.map(([name = '']) => codesOf(name)[0]),
    names,
  );
  const defaults = rows.flatMap(([name = '', given = '']): [string, unknown][] => {
    const [option = ''] = codesOf(name);
    const [value] = codesOf(given);
    return value === undefined ? [] : [[option, literal(value)]];
  });
  const spelled = { dir: '/', ...Object.fromEntries(defaults) };
  assert.deepEqual(logSettings('logs', spelled), logSettings('logs', { dir: '/' }));
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
