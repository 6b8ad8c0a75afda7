import assert from 'node:assert/strict';
import { existsSync, mkdirSync, realpathSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { widthOf } from '../../cli/render/width.js';
import { fixture, main } from './support/plustwo.js';
import { scratch } from './support/scratch.js';
import { noTmux, Tmux } from './support/tmux.js';

const directory = realpathSync(scratch('inspect-terminal'));
const rule = '── plustwo inspect ';

/** Whether both inputs are open, and the table knows it. */
const isWaiting = (screen: string): boolean =>
  screen.match(/waiting with [ab]/g)?.length === 2 && screen.match(/1 file open/g)?.length === 2;

/** A folder with two inputs, and a command over them that prints, leaves both open and waits for the file `go`. */
function waiting(name: string) {
  const room = join(directory, name);
  mkdirSync(room);
  const inputs = ['a', 'b'].map((input) => join(room, input));
  for (const input of inputs) writeFileSync(input, '');
  const task = `${fixture('leaves-open.mjs')}#leaveWhenTold`;
  // Short enough to be typed: the command itself stands in a script.
  writeFileSync(
    join(room, 'batch'),
    `exec '${process.execPath}' '${main}' run --no-progress --threads 2 --leaks '${task}' ${inputs.join(' ')} > out\n`,
  );
  writeFileSync(join(room, 'inspect'), `exec '${process.execPath}' '${main}' inspect --interval 100ms "$@"\n`);
  return { room, open: () => writeFileSync(join(room, 'go'), '') };
}

test('the table stands below what the command prints, and is gone in the end', { skip: noTmux }, async () => {
  const { room, open } = waiting('table');
  using terminal = new Tmux(room);
  terminal.type('clear; sh inspect -- sh batch; echo "code $?"');
  const live = await terminal.shows(isWaiting);
  const lines = live.trimEnd().split('\n');
  const top = lines.findIndex((line) => line.startsWith(rule));
  assert.deepEqual(
    lines
      .slice(0, top)
      .filter((line) => line !== '')
      .sort(),
    ['waiting with a', 'waiting with b'],
  );
  assert.match(String(lines[top + 1]), /^plustwo \(pid \d+, running\): /);
  assert.match(live, /^ +\d {2}leaveWhenTold {2}1 file open {2}\S+leaves-open\.mjs:\d+:\d+ {2}[ab]$/m);
  for (const line of lines) assert.ok(widthOf(line) <= 80, line);
  assert.equal(lines.length, 24);

  open();
  const end = await terminal.shows((screen) => screen.includes('code 0'));
  assert.ok(!end.includes(rule), end);
  assert.match(end, /^waiting with [ab]\nwaiting with [ab]\n2 ok of 2 items .*\nleaked {2}2 files/m);
  assert.match(end, /^plustwo \(pid \d+, closing\): 2 open, 2 leaked$/m);
  assert.equal(terminal.region, '0-23');
});

test('what the command prints scrolls above the table and can be scrolled back to', { skip: noTmux }, async () => {
  const { room, open } = waiting('scrolling');
  writeFileSync(join(room, 'both'), 'sh batch & while [ ! -e print ]; do sleep 0.05; done; seq 1 60; wait\n');
  using terminal = new Tmux(room);
  terminal.type('clear; sh inspect -- sh both; echo "code $?"');
  await terminal.shows(isWaiting);
  writeFileSync(join(room, 'print'), '');
  const live = await terminal.shows((screen) => /^60$/m.test(screen));
  const lines = live.trimEnd().split('\n');
  const top = lines.findIndex((line) => line.startsWith(rule));
  const numbers = lines.slice(0, top).filter((line) => line !== '');
  assert.deepEqual(
    numbers,
    Array.from({ length: numbers.length }, (_, index) => String(61 - numbers.length + index)),
  );
  assert.ok(numbers.length >= 6, live);
  open();
  await terminal.shows((screen) => screen.includes('code 0'));
  const all = terminal.screen({ history: true }).split('\n');
  const from = all.lastIndexOf('1');
  assert.deepEqual(
    all.slice(from, from + 60),
    Array.from({ length: 60 }, (_, index) => String(index + 1)),
  );
});

test('Ctrl-C reaches the command once, and the terminal is given back', { skip: noTmux }, async () => {
  const { room, open } = waiting('ctrl-c');
  using terminal = new Tmux(room);
  terminal.type('clear; sh inspect -- sh batch; echo "code $?"');
  await terminal.shows(isWaiting);
  terminal.press('C-c');
  // The first one waits for what runs; a second one would have ended it.
  await terminal.shows((screen) => screen.includes('SIGINT: starting nothing new'));
  open();
  const end = await terminal.shows((screen) => screen.includes('code 130'));
  assert.match(end, /^2 ok of 2 items/m);
  assert.ok(!end.includes(rule), end);
  assert.equal(terminal.region, '0-23');
});

test('Ctrl-Z gives the terminal to the shell, and fg goes on', { skip: noTmux }, async () => {
  const { room, open } = waiting('ctrl-z');
  using terminal = new Tmux(room);
  terminal.type('clear; sh inspect -- sh batch');
  await terminal.shows(isWaiting);
  terminal.press('C-z');
  const stopped = await terminal.shows((screen) => screen.includes('Stopped'));
  assert.ok(!stopped.includes(rule), stopped);
  assert.equal(terminal.region, '0-23');
  terminal.type('fg');
  await terminal.shows((screen) => screen.includes(rule));
  open();
  await terminal.shows((screen) => /2 leaked\n/.test(screen) && !screen.includes(rule));
});

test('a terminal that changes its size has the table at its new bottom', { skip: noTmux }, async () => {
  const { room, open } = waiting('resize');
  using terminal = new Tmux(room);
  terminal.type('clear; sh inspect -- sh batch');
  await terminal.shows(isWaiting);
  for (const [columns, rows] of [
    [100, 30],
    [60, 16],
    [80, 24],
  ] as const) {
    terminal.resize(columns, rows);
    const screen = await terminal.shows((shown) => {
      const lines = shown.replace(/\n$/, '').split('\n');
      const ruled = lines.filter((line) => line.startsWith(rule));
      return (
        lines.length === rows && ruled.length === 1 && widthOf(String(ruled[0])) === columns - 1 && lines.at(-1) !== ''
      );
    });
    assert.equal(screen.match(/waiting with [ab]/g)?.length, 2, screen);
  }
  open();
  await terminal.shows((screen) => !screen.includes(rule));
});

test('colours are for terminals that want them, and the table for those that can draw it', {
  skip: noTmux,
}, async () => {
  for (const [name, env, flags, isLive, isColoured] of [
    ['colours', {}, '', true, true],
    ['no-colour', { NO_COLOR: '1' }, '', true, false],
    ['no-live', {}, '--no-live', false, true],
    ['dumb', { TERM: 'dumb' }, '', false, false],
  ] as const) {
    const { room, open } = waiting(name);
    using terminal = new Tmux(room, { ...env });
    const term = 'TERM' in env ? 'TERM=dumb ' : '';
    terminal.type(`clear; ${term}sh inspect ${flags} -- sh batch; echo "code $?"`);
    if (isLive) {
      await terminal.shows(isWaiting);
    } else {
      // That nothing comes can only be seen by waiting; several readings have been taken by then.
      await terminal.shows((screen) => screen.includes('waiting with b'));
      const since = performance.now();
      await terminal.shows(() => performance.now() > since + 500);
      assert.ok(!terminal.screen().includes(rule), name);
    }
    open();
    await terminal.shows((screen) => screen.includes('code 0'));
    const coloured = /\u001b\[33m(\u001b\[49m)? +\d.*leaked/.test(terminal.screen({ styles: true }));
    assert.equal(coloured, isColoured, `${name}\n${terminal.screen({ styles: true })}`);
    assert.ok(existsSync(join(room, 'out')));
  }
});
