import assert from 'node:assert/strict';
import test from 'node:test';
import { BottomArea } from '../../../cli/render/bottom-area.js';
import { Terminal } from '../support/terminal.js';

/** A terminal of 20 columns, with what a command has written to it so far. */
function begin(rows: number, written: string): { terminal: Terminal; area: BottomArea } {
  const terminal = new Terminal(20, rows);
  terminal.write(written);
  return { terminal, area: new BottomArea(terminal) };
}

const numbers = (from: number, to: number): string =>
  Array.from({ length: to - from + 1 }, (_, index) => `${from + index}\n`).join('');

test('lines stand at the bottom, and what a command writes goes on where it was', () => {
  const { terminal, area } = begin(10, 'one\ntwo');
  area.draw(['---', 'table']);
  terminal.write(' and three\nfour\n');
  assert.deepEqual(terminal.shown, ['one', 'two and three', 'four', '', '', '', '', '', '---', 'table']);
});

test('a full screen scrolls to make room, and the unfinished line goes on', () => {
  const { terminal, area } = begin(10, `${numbers(1, 12)}13`);
  area.draw(['---', 'table']);
  assert.deepEqual(terminal.shown, ['6', '7', '8', '9', '10', '11', '12', '13', '---', 'table']);
  terminal.write(' goes on\n');
  assert.deepEqual(terminal.shown, ['7', '8', '9', '10', '11', '12', '13 goes on', '', '---', 'table']);
});

test('what a command writes scrolls above the lines', () => {
  const { terminal, area } = begin(10, '');
  area.draw(['---', 'table']);
  terminal.write(numbers(1, 20));
  assert.deepEqual(terminal.shown, ['14', '15', '16', '17', '18', '19', '20', '', '---', 'table']);
});

test('the area grows with its lines and keeps what it has', () => {
  const { terminal, area } = begin(12, numbers(1, 20));
  area.draw(['---', 'a']);
  area.draw(['---', 'a', 'b', 'c']);
  assert.deepEqual(terminal.shown, ['14', '15', '16', '17', '18', '19', '20', '', '---', 'a', 'b', 'c']);
  area.draw(['---', 'longer than a']);
  terminal.write('21\n');
  assert.deepEqual(terminal.shown.slice(5), ['20', '21', '', '---', 'longer than a', '', '']);
});

test('each drawing is one write, and none happens without room', () => {
  const { terminal, area } = begin(10, '');
  area.draw(['---', 'a', 'b']);
  area.draw(['---', 'c', 'd']);
  assert.equal(terminal.writes, 3);
  const small = begin(6, 'left alone');
  assert.equal(small.area.room, 0);
  small.area.draw(['---', 'a']);
  small.area.end();
  assert.deepEqual(small.terminal.shown, ['left alone', '', '', '', '', '']);
  assert.deepEqual(small.terminal.region, [1, 6]);
});

test('most of the screen may be the area, and six lines never are', () => {
  assert.equal(begin(24, '').area.room, 16);
  assert.equal(begin(12, '').area.room, 6);
  assert.equal(begin(7, '').area.room, 1);
});

test('in the end the lines are gone, the whole terminal scrolls again, and the cursor stands where it was', () => {
  const { terminal, area } = begin(10, 'one\ntwo');
  area.draw(['---', 'a', 'b']);
  area.end();
  terminal.write(' three');
  assert.deepEqual(terminal.shown, ['one', 'two three', '', '', '', '', '', '', '', '']);
  assert.deepEqual(terminal.region, [1, 10]);
  const { writes } = terminal;
  area.end();
  assert.equal(terminal.writes, writes);
});

test('a line that is wider than the terminal by now does not scroll what stands above', () => {
  const { terminal, area } = begin(9, numbers(1, 5));
  area.draw(['---', 'x'.repeat(50)]);
  terminal.resize(8);
  area.draw(['---', 'x'.repeat(50)]);
  assert.deepEqual(terminal.shown, ['1', '2', '3', '4', '5', '', '---', 'x'.repeat(20)]);
  terminal.write('y'.repeat(21));
  assert.deepEqual(terminal.shown.slice(4, 6), ['y'.repeat(20), 'y']);
});

test('a terminal that changes its size gets the lines at its new bottom', () => {
  const { terminal, area } = begin(12, numbers(1, 5));
  area.draw(['---', 'a', 'b']);
  terminal.resize(16);
  area.draw(['---', 'a', 'b']);
  assert.deepEqual(terminal.shown.slice(4), ['5', '', '', '', '', '', '', '', '', '---', 'a', 'b']);
  terminal.resize(9);
  area.draw(['---', 'a', 'b']);
  assert.deepEqual(terminal.shown, ['1', '2', '3', '4', '5', '', '---', 'a', 'b']);
  terminal.write(numbers(6, 9));
  assert.deepEqual(terminal.shown, ['5', '6', '7', '8', '9', '', '---', 'a', 'b']);
});
