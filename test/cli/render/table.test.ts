import assert from 'node:assert/strict';
import test from 'node:test';
import { type Column, table } from '../../../cli/render/table.js';
import { widthOf } from '../../../cli/render/width.js';

const columns: Column[] = [
  { heading: 'N', align: 'right', keep: 'start', least: 1 },
  { heading: 'NAME', keep: 'start', least: 6 },
  { heading: 'PATH', keep: 'end', least: 8 },
];

test('columns are as wide as their texts', () => {
  assert.deepEqual(
    table(
      columns,
      [
        ['1', 'resize', 'a.png'],
        ['120', 'x', '/b.png'],
      ],
      80,
    ),
    ['  N  NAME    PATH', '  1  resize  a.png', '120  x       /b.png'],
  );
});

test('where room is short the widest column gives first, and keeps the end that matters', () => {
  const rows = [['1', 'resize', '/data/photos/summer/IMG_0001.png']];
  assert.deepEqual(table(columns, rows, 31), ['N  NAME    PATH', '1  resize  …summer/IMG_0001.png']);
  assert.deepEqual(table(columns, [['1', 'resizeAllOfThem', '/a/b/c/d/e.png']], 25), [
    'N  NAME        PATH',
    '1  resizeAll…  …c/d/e.png',
  ]);
});

test('wide characters do not move the columns behind them', () => {
  const [, first = '', second = ''] = table(
    columns,
    [
      ['1', '写真', 'x'],
      ['2', 'abc', 'x'],
    ],
    80,
  );
  assert.equal(widthOf(first), widthOf(second));
});

test('no column gets narrower than its least, even if that is too wide together', () => {
  assert.deepEqual(table(columns, [['1', 'resizeAll', '/data/photos/a.png']], 5)[1], '1  resiz…  …s/a.png');
});

test('a table without rows is its heading', () => {
  assert.deepEqual(table(columns, [], 80), ['N  NAME  PATH']);
});
