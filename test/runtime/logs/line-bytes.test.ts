import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { LineBytes } from '../../../runtime/logs/line-bytes.js';
import { lineRecord } from '../../../runtime/logs/record.js';
import { anyLine, anyMarks } from '../../support/any-line.js';
import { readLine } from '../../support/read-line.js';
import { INSTANCE, line } from '../../support/sample-records.js';

const PAGE_BYTES = 65_536;
/** What lies before it, and stays. */
const BEFORE = 'what lay there before';

/** What is laid down of a line; undefined where it is to be taken as text. */
function laid(record: LineBytes, pageBytes = PAGE_BYTES): string | undefined {
  const page = Buffer.alloc(pageBytes, '.');
  const from = page.write(BEFORE);
  const end = record.lay(page, from);
  assert.equal(page.toString('utf8', 0, from), BEFORE);
  if (end === undefined) return undefined;
  assert.match(page.toString('latin1', end), /^\.*$/);
  return page.toString('utf8', from, end);
}

test('what is laid down of any line, after any other, is its record', () => {
  const record = new LineBytes(INSTANCE);
  const plain = fc.array(fc.integer({ min: 0x20, max: 0x7f })).map((units) => String.fromCharCode(...units));
  const lines = fc.array(fc.tuple(anyLine, fc.option(plain, { nil: undefined }), anyMarks), { maxLength: 30 });
  fc.assert(
    fc.property(lines, (given) => {
      for (const [each, text = each.text, marks] of given) {
        const read = readLine({ ...each, text });
        const expected = lineRecord(read.copy(), INSTANCE, marks);
        const found = laid(record.of(read, marks));
        assert.equal(record.text, expected);
        const needsText = /[^ !#-[\]-\u007f]/.test(read.text);
        assert.equal(found, needsText ? undefined : expected);
      }
    }),
    { numRuns: 200 },
  );
});

test('each character of ASCII is laid down, or left to the text', () => {
  const record = new LineBytes(INSTANCE);
  for (let code = 0; code < 128; code++) {
    const read = readLine(line({ text: `a${String.fromCharCode(code)}b` }));
    const expected = code < 0x20 || code === 0x22 || code === 0x5c ? undefined : lineRecord(read.copy(), INSTANCE);
    assert.equal(laid(record.of(read)), expected, `code ${code}`);
  }
});

test('sequence numbers of all lengths', () => {
  const record = new LineBytes(INSTANCE);
  for (let seq = 0; seq < 2 ** 31; seq = seq * 3 + 1) {
    const read = readLine(line({ seq }));
    assert.equal(laid(record.of(read)), lineRecord(read.copy(), INSTANCE));
  }
});

test('where there is too little room it says so, and lays nothing down beyond it', () => {
  const record = new LineBytes(INSTANCE).of(readLine(line({ fields: '{"name":"ÄÖÜ"}', source: 'log' })));
  const bytes = BEFORE.length + Buffer.byteLength(record.text);
  let least = bytes;
  for (; laid(record, least) === undefined; least++) assert.ok(least < bytes + 100, 'there was room enough');
  assert.equal(laid(record, least), record.text);
  for (let room = BEFORE.length; room < bytes; room++) assert.equal(laid(record, room), undefined);
});

test('a line that is only a copy is taken as text', () => {
  const record = new LineBytes(INSTANCE).of(line());
  assert.equal(laid(record), undefined);
  assert.equal(record.text, lineRecord(line(), INSTANCE));
});
