import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { LineSearch } from '../../../cli/logs/line-search.js';

/** The lines found in these blocks, which lie in one buffer that is used again for each, as they do when a file is read. */
function search(blocks: readonly Buffer[], needle: string | undefined, longest?: number) {
  const lines: string[] = [];
  const found = new LineSearch(needle, (line) => lines.push(line), longest);
  const buffer = Buffer.alloc(Math.max(1, ...blocks.map(({ length }) => length)));
  for (const block of blocks) {
    buffer.fill(0x0a);
    block.copy(buffer);
    found.push(buffer.subarray(0, block.length));
  }
  return { lines, rest: found.end(), tooLong: found.tooLong };
}

/** A text in pieces, cut at these places. */
function cut(text: string, places: readonly number[]): Buffer[] {
  const bytes = Buffer.from(text);
  const ends = [...places.map((place) => place % (bytes.length + 1)), bytes.length].sort((a, b) => a - b);
  return ends.map((end, index) => bytes.subarray(ends[index - 1] ?? 0, end));
}

// Few letters, so that needles occur, also in part; one of two bytes and one of four.
const texts = fc.string({ unit: fc.constantFrom('a', 'b', 'ü', '😀', '\n'), maxLength: 60 });
const needles = fc.option(fc.string({ unit: fc.constantFrom('a', 'b', 'ü'), minLength: 1, maxLength: 3 }), {
  nil: undefined,
});

test('wherever a file is cut into blocks, the lines with the needle are found, in their order', () => {
  fc.assert(
    fc.property(texts, needles, fc.array(fc.nat(), { maxLength: 8 }), (text, needle, places) => {
      const lines = text.split('\n');
      const rest = lines.pop();
      assert.deepEqual(search(cut(text, places), needle), {
        lines: lines.filter((line) => needle === undefined || line.includes(needle)),
        rest: rest === '' ? undefined : rest,
        tooLong: 0,
      });
    }),
    { numRuns: 2000 },
  );
});

test('several hits in one line are one line', () => {
  assert.deepEqual(search([Buffer.from('xx x\ny\nx\n')], 'x').lines, ['xx x', 'x']);
});

test('a needle in the last line, which has no newline, is left to whoever asks for the rest', () => {
  assert.deepEqual(search([Buffer.from('a\nx')], 'x'), { lines: [], rest: 'x', tooLong: 0 });
});

test('a line that no record could be is counted and not kept, and those after it are found', () => {
  const blocks = ['aaaa', 'aaaa', 'aaaa\nab\n', 'bbbb', 'bbbbb'].map((text) => Buffer.from(text));
  assert.deepEqual(search(blocks, undefined, 8), { lines: ['ab'], rest: undefined, tooLong: 2 });
});
