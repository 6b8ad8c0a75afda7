import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { endOf, fixture, main } from './support/plustwo.js';
import { scratch } from './support/scratch.js';
import { until } from './support/until.js';

const directory = scratch('terminal');
const noTerminal = spawnSync('script', ['--version']).error
  ? 'script(1), which lends a terminal, is not installed'
  : false;

/** Runs the gate over three inputs with stderr on a terminal of 80 columns, lets them through once the progress line shows, and gives what the terminal got. */
async function onTerminal(
  name: string,
  flags: readonly string[],
  env: NodeJS.ProcessEnv,
  isShown: (screen: string) => boolean,
) {
  const room = join(directory, name);
  mkdirSync(room);
  const inputs = ['a', 'b', 'c'].map((input) => join(room, input));
  const out = join(room, 'out');
  const command = [process.execPath, main, 'run', '--threads', '2', ...flags, fixture('gate.mjs'), ...inputs];
  const quoted = command.map((word) => `'${word}'`).join(' ');
  const { PATH } = process.env;
  const child = spawn('script', ['-qefc', `stty cols 80 rows 24; ${quoted} > '${out}'`, '/dev/null'], {
    env: { PATH, TERM: 'xterm-256color', LANG: 'C.UTF-8', ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let screen = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    screen += text;
  });
  const ended = endOf(child);
  await until(() => existsSync(`${String(inputs[0])}.started`) && isShown(screen));
  writeFileSync(join(room, 'go'), '');
  assert.equal((await ended).code, 0, screen);
  return { screen, results: readFileSync(out, 'utf8') };
}

test('a terminal has a progress line that is gone in the end, and a summary', { skip: noTerminal }, async () => {
  const { screen, results } = await onTerminal('plain', [], {}, (shown) => shown.includes('0/3'));
  const [line = ''] = screen.split('\r\u001b[2K').filter((drawn) => drawn.includes('0/3'));
  assert.match(line, /░{30}.* {2}0\/3 {2}0% {2}0\.0\/s {2}\d threads? running$/);
  const summary = screen.slice(screen.lastIndexOf('\r\u001b[2K'));
  assert.match(summary, /^\r\u001b\[2K\u001b\[32m3 ok\u001b\[39m.* of 3 items .*\r\n$/);
  assert.equal(results.split('\n').length, 4);
});

test('NO_COLOR takes the colours, not the progress line', { skip: noTerminal }, async () => {
  const { screen } = await onTerminal('no-colour', [], { NO_COLOR: '1' }, (shown) => shown.includes('0/3'));
  assert.doesNotMatch(screen, /\u001b\[\d+m/);
});

test('a terminal that cannot move its cursor, --no-progress and --quiet have no progress line', {
  skip: noTerminal,
}, async () => {
  for (const [name, flags, env] of [
    ['dumb', [], { TERM: 'dumb' }],
    ['no-progress', ['--no-progress'], {}],
    ['quiet', ['--quiet'], {}],
  ] as const) {
    // That nothing comes can only be seen by waiting; a line would have come after a tenth of a second.
    const since = performance.now();
    const { screen } = await onTerminal(name, flags, env, () => performance.now() > since + 500);
    assert.doesNotMatch(screen, /0\/3/, name);
    assert.ok(!screen.includes('\u001b[2K'), name);
  }
});
