import assert from 'node:assert/strict';
import test from 'node:test';
import { PrintedLines } from '../../workers/printed-lines.js';
import { MOST_LINE_BYTES } from '../../workers/protocol/log-ring.js';
import { Chance } from '../simulation/seeded.js';

interface Line {
  readonly text: string;
  readonly isPartial: boolean;
  readonly isBinary: boolean;
}

function printed() {
  const lines: Line[] = [];
  const printer = new PrintedLines(
    { line: (_source, text, isPartial, isBinary) => lines.push({ text, isPartial, isBinary }) },
    'stdout',
  );
  return { lines, printer, texts: () => lines.map(({ text }) => text) };
}

function whole(text: string, own: Partial<Line> = {}): Line {
  return { text, isPartial: false, isBinary: false, ...own };
}

test('each newline ends a line, and empty lines are lines', () => {
  const { printer, lines } = printed();
  printer.text('one\ntwo\n\nthree\n');
  assert.deepEqual(
    lines,
    ['one', 'two', '', 'three'].map((text) => whole(text)),
  );
  assert.equal(printer.isHolding, false);
});

test('a carriage return before the newline belongs to it, wherever the two are parted; any other is text', () => {
  const { printer, texts } = printed();
  printer.text('one\r\ntwo\r');
  printer.text('\n10%\r20%\r\r\n');
  assert.deepEqual(texts(), ['one', 'two', '10%\r20%\r']);
});

test('a line is held until its newline comes, and is partial when none does', () => {
  const { printer, lines } = printed();
  printer.text('on');
  printer.text('e\ntw');
  assert.equal(printer.isHolding, true);
  assert.deepEqual(lines, [whole('one')]);
  printer.end();
  assert.deepEqual(lines, [whole('one'), whole('tw', { isPartial: true })]);
  printer.end();
  assert.equal(lines.length, 2);
  assert.equal(printer.isHolding, false);
});

test('a character that is parted between two chunks of bytes is joined', () => {
  const { printer, lines } = printed();
  const bytes = Buffer.from('\u{1f600}é漢\n');
  for (const byte of bytes) printer.bytes(Uint8Array.of(byte));
  assert.deepEqual(lines, [whole('\u{1f600}é漢')]);
});

test('the memory of a chunk may be used again at once', () => {
  const { printer, texts } = printed();
  const memory = Buffer.from([0x61, 0xf0, 0x9f]);
  printer.bytes(memory);
  memory.fill(0x62);
  printer.bytes(Uint8Array.of(0x98, 0x80, 0x0a));
  assert.deepEqual(texts(), ['a\u{1f600}']);
});

test('what is no UTF-8 stands as U+FFFD, and only its own line is called binary', () => {
  const { printer, lines } = printed();
  printer.bytes(Buffer.from('good\nb\xffd\n\ufffd is a character\n', 'latin1'));
  printer.bytes(Buffer.from('\ufffd is a character\n'));
  assert.deepEqual(lines[0], whole('good'));
  assert.deepEqual(lines[1], whole('b\ufffdd', { isBinary: true }));
  assert.deepEqual(lines[3], whole('\ufffd is a character'));
});

test('a character that is begun and never ended is none', () => {
  const cut = printed();
  cut.printer.bytes(Uint8Array.of(0x61, 0xe6, 0xbc));
  cut.printer.text('b\n');
  assert.deepEqual(cut.lines, [whole('a\ufffdb', { isBinary: true })]);
  const last = printed();
  last.printer.bytes(Uint8Array.of(0xe6));
  assert.equal(last.printer.isHolding, true);
  last.printer.end();
  assert.deepEqual(last.lines, [whole('\ufffd', { isPartial: true, isBinary: true })]);
});

test('a line that is too long comes in pieces, and nothing of it is lost', () => {
  const { printer, lines } = printed();
  const text = 'é'.repeat(MOST_LINE_BYTES) + 'x'.repeat(10);
  printer.text(`${text}\nnext\n`);
  assert.deepEqual(
    lines.map(({ isPartial }) => isPartial),
    [true, true, false, false],
  );
  assert.equal(
    lines
      .slice(0, 3)
      .map((line) => line.text)
      .join(''),
    text,
  );
  for (const line of lines) assert.ok(Buffer.byteLength(line.text) <= MOST_LINE_BYTES);
});

test('what was added to the line is given once, and all of it where the line is another', () => {
  const { printer } = printed();
  printer.text('on');
  printer.bytes(Uint8Array.of(0x65, 0xc3));
  assert.deepEqual([printer.held, printer.takeAdded(), printer.begun, printer.isBinary], ['one', 'one', 1, true]);
  printer.bytes(Uint8Array.of(0xa9));
  assert.deepEqual([printer.held, printer.takeAdded(), printer.begun, printer.isBinary], ['oneé', 'é', 0, false]);
  printer.text(' more\ntwo');
  assert.deepEqual([printer.held, printer.takeAdded(), printer.takeAdded()], ['two', 'two', '']);
  printer.text('x'.repeat(MOST_LINE_BYTES));
  assert.deepEqual([printer.held, printer.takeAdded()], ['xxx', 'xxx']);
  printer.text('\n');
  assert.deepEqual([printer.held, printer.takeAdded()], ['', '']);
});

test('a line that is just as long as one can be comes in one piece', () => {
  const { printer, lines } = printed();
  const text = 'é'.repeat(MOST_LINE_BYTES / 2);
  for (const each of text) printer.text(each);
  assert.deepEqual(lines, []);
  printer.text('\n');
  assert.deepEqual(lines, [whole(text)]);
});

test('any parting of bytes gives the same lines', () => {
  const pieces = ['a', 'ß', '漢字', '\u{1f600}', '\n', '\n', '\r\n', '\r', 'word '].map((text) => Buffer.from(text));
  const broken = [[0xff], [0xc3], [0xe6, 0xbc], [0xf0, 0x9f, 0x98], [0x80], [0xed, 0xa0, 0x80], [0xf5, 0x80]];
  for (let seed = 1; seed <= 400; seed++) {
    const chance = new Chance(seed);
    const isBroken = chance.happens(0.5);
    const bytes = Buffer.concat(
      Array.from({ length: chance.whole(1, 60) }, () =>
        isBroken && chance.happens(0.2) ? Buffer.from(chance.pick(broken)) : chance.pick(pieces),
      ),
    );
    const once = printed();
    once.printer.bytes(bytes);
    once.printer.end();
    const parted = printed();
    for (let from = 0; from < bytes.length; ) {
      const to = from + chance.whole(1, 7);
      parted.printer.bytes(bytes.subarray(from, to));
      from = to;
    }
    parted.printer.end();
    assert.deepEqual(parted.lines, once.lines, `seed ${seed}`);
    const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
    assert.equal(
      once.lines.map((line) => `${line.text}${line.isPartial ? '' : '\n'}`).join(''),
      text.replaceAll('\r\n', '\n'),
      `seed ${seed}`,
    );
    for (const line of once.lines) if (line.isBinary) assert.match(line.text, /\ufffd/, `seed ${seed}`);
  }
});

test('any parting of text gives the same lines, of long ones too, and characters may be parted as well', () => {
  const runs = ['x', 'é', '漢', '\u{1f600}'];
  for (let seed = 1; seed <= 25; seed++) {
    const chance = new Chance(seed);
    const text = Array.from({ length: 4 }, () => chance.pick(runs).repeat(chance.whole(1, MOST_LINE_BYTES)))
      .map((run) => run + chance.pick(['\n', '', '\r\n']))
      .join('');
    const once = printed();
    once.printer.text(text);
    once.printer.end();
    const parted = printed();
    const step = chance.pick([500, 5_000, 80_000]);
    for (let from = 0; from < text.length; ) {
      const to = from + chance.whole(1, step);
      parted.printer.text(text.slice(from, to));
      from = to;
    }
    parted.printer.end();
    assert.ok(
      JSON.stringify(parted.lines) === JSON.stringify(once.lines),
      `seed ${seed}: ${parted.lines.length} lines, ${once.lines.length} at once`,
    );
    const joined = once.lines.map((line) => `${line.text}${line.isPartial ? '' : '\n'}`).join('');
    assert.ok(joined === text.replaceAll('\r\n', '\n'), `seed ${seed}`);
  }
});
