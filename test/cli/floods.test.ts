import assert from 'node:assert/strict';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import test from 'node:test';
import type { RunReport } from '../../cli/commands/run-report.js';
import { eventsOf, recordsIn, sumOf } from '../support/records-in.js';
import { endOf, fixture, type Ran, startPlustwo } from './support/plustwo.js';
import { scratch } from './support/scratch.js';
import { until } from './support/until.js';

const directory = scratch('floods');
/** Some 40 MB: many times what pipes, rings and messages on their way can hold. */
const LINES = 180_000;

interface Flood {
  name: string;
  flags?: string[];
  /** Whether the command stands still while the task prints. */
  stops?: boolean;
}

/**
 * Runs a task that prints more than anybody reads: from the command nothing is read until all is printed. It waits for its reader, or stands
 * still, and the task, which waits for nobody, goes on.
 */
async function flood({ name, flags = [], stops = false }: Flood): Promise<Ran & { place: string }> {
  const place = join(directory, name);
  mkdirSync(place);
  const mark = join(place, 'mark');
  const args = ['--args', JSON.stringify({ lines: LINES, mark, waits: stops })];
  const env = { NO_COLOR: '1' };
  const child = startPlustwo(['run', '--threads', '1', ...flags, ...args, fixture('floods.mjs'), 'a'], {
    cwd: place,
    env,
  });
  child.stdin.end();
  const ended = endOf(child);
  const left = (which: string) => until(() => existsSync(`${mark}-${which}`) || child.exitCode !== null);
  if (stops) {
    await left('began');
    child.kill('SIGSTOP');
    writeFileSync(`${mark}-go`, '');
  }
  await left('ended');
  if (stops) child.kill('SIGCONT');
  const [stdout, stderr, end] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  return { ...end, stdout, stderr, place };
}

const number = (figure: string | undefined): number => Number(figure?.replaceAll(',', ''));

const reportIn = (stderr: string): RunReport => JSON.parse(stderr.trimEnd().split('\n').at(-1) ?? '') as RunReport;

/** How many lines of the task were printed, and how many are said to be dropped. */
function toldIn(stderr: string): { printed: number; dropped: number } {
  const warnings = [...stderr.matchAll(/^warn ([\d,]+) log lines? \(.*\) dropped: thread 0\.1 /gm)];
  return {
    printed: stderr.match(/^line \d+ of a x+$/gm)?.length ?? 0,
    dropped: warnings.reduce((sum, [, count]) => sum + number(count), 0),
  };
}

for (const isolation of ['thread', 'process']) {
  test(`lines that nobody could read in time are counted on stderr and in the summary (isolation: ${isolation})`, async () => {
    const ran = await flood({ name: `told-${isolation}`, flags: ['--isolation', isolation] });
    assert.equal(ran.code, 0, ran.stderr.slice(-1_000));
    const { printed, dropped } = toldIn(ran.stderr);
    assert.ok(dropped > 0, 'nothing was dropped');
    assert.equal(printed + dropped, LINES);
    const [, total] = /^1 ok of 1 item .* {2}([\d,]+) log lines dropped$/m.exec(ran.stderr) ?? [];
    assert.equal(number(total), dropped);
  });
}

test('the summary of --json has their number', async () => {
  const ran = await flood({ name: 'json', flags: ['--json'] });
  assert.equal(ran.code, 0, ran.stderr.slice(-1_000));
  const { printed, dropped } = toldIn(ran.stderr);
  assert.ok(dropped > 0, 'nothing was dropped');
  assert.deepEqual([printed + dropped, reportIn(ran.stderr).logs], [LINES, { dropped, lost: 0 }]);
});

test('it has it also where nothing is printed, and only log files lack them', {
  skip: process.platform === 'win32' && 'nothing can be made to stand still here',
}, async () => {
  const flags = ['--json', '--quiet', '--isolation', 'process', '--log-dir', 'logs'];
  const ran = await flood({ name: 'quiet', flags, stops: true });
  assert.equal(ran.code, 0, ran.stderr.slice(-1_000));
  assert.equal(ran.stderr.split('\n').length, 2, 'the summary alone');
  const { dropped } = reportIn(ran.stderr).logs;
  assert.ok(dropped > 0, 'nothing was dropped');
  const app = recordsIn(join(ran.place, 'logs', 'app'));
  const figures = eventsOf(app, 'log.summary').map((record) => record['attributes'] as Record<string, number>);
  assert.equal(sumOf(figures, 'linesDropped'), dropped);
});
