import assert from 'node:assert/strict';
import { appendFileSync, realpathSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { widthOf } from '../../cli/render/width.js';
import { failedTask, line, text, writeLogs } from './support/logs.js';
import { main } from './support/plustwo.js';
import { scratch } from './support/scratch.js';
import { noTmux, Tmux } from './support/tmux.js';

const directory = realpathSync(scratch('logs-terminal'));
const { app, incidents } = failedTask();
const long = line(5000, 4, `a line that is too long for a terminal of eighty columns, ${'写'.repeat(20)} the end`, {
  'task.attempt': 2,
});
writeLogs(join(directory, 'logs'), {
  'app/app.2026-11-21T09.log': [...app, long],
  'incidents/incidents.2026-11-21T09.log': incidents,
});
// Short enough to be typed.
writeFileSync(join(directory, 'logs.sh'), `exec '${process.execPath}' '${main}' logs "$@"\n`);

test('a story fits into eighty columns, in colours where they are wanted', { skip: noTmux }, async () => {
  for (const env of [{}, { NO_COLOR: '1' }]) {
    using terminal = new Tmux(directory, env);
    terminal.type('clear; sh logs.sh --task 17; echo "code $?"');
    await terminal.shows((screen) => screen.includes('code 0'));
    const story = terminal.screen({ history: true });
    for (const row of story.split('\n')) assert.ok(widthOf(row) <= 80, row);
    assert.match(story, /^ {5}\+80 ms {2}- {6}attempt 1 failed, trying again in 1\.3 s: Error: unexpected\s*$/m);
    // Wrapped by us, below its beginning.
    assert.match(story, /^ {3}\+4\.900 s {2}out {4}a line that is too long .*\n {20}写+ the end$/m);
    const coloured = /\u001b\[31mfailed/.test(terminal.screen({ styles: true, history: true }));
    assert.equal(coloured, !('NO_COLOR' in env));
  }
});

test('--follow tells what comes until Ctrl-C', { skip: noTmux }, async () => {
  using terminal = new Tmux(directory);
  terminal.type('clear; sh logs.sh --follow --grep later; echo "code $?"');
  const file = join(directory, 'logs', 'app', 'app.2026-11-21T09.log');
  appendFileSync(file, text([line(6000, 0, 'later', { 'task.id': 18 })]));
  await terminal.shows((screen) => screen.includes('resize#18  later'));
  appendFileSync(file, text([line(7000, 1, 'later still', { 'task.id': 18 })]));
  await terminal.shows((screen) => screen.includes('resize#18  later still'));
  terminal.press('C-c');
  await terminal.shows((screen) => screen.includes('code 130'));
});
