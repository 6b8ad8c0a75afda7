import assert from 'node:assert/strict';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { setTimeout as after } from 'node:timers/promises';
import { endOf, fixture, startPlustwo } from './support/plustwo.js';
import { scratch } from './support/scratch.js';

const directory = scratch('backpressure');

const window = 256;
/** Items of ten kilobytes that may have run and not been read: the window, and what fits into a pipe and the buffers around it. */
const underWay = window + 100;
/** Much less than the 300 MB that come after the first quarter, much more than a heap breathes. */
const flatWithinKb = 150_000;

test('a slow reader of stdout slows the run, and memory stays flat', {
  skip: process.platform !== 'linux',
}, async () => {
  const inputs = join(directory, 'inputs');
  const counter = join(directory, 'counter');
  const items = 40_000;
  writeFileSync(inputs, Array.from({ length: items }, (_, index) => `${index}\n`).join(''));
  writeFileSync(counter, '');
  const args = [
    '--threads',
    '2',
    '--concurrency',
    String(window),
    '--plain',
    '--args',
    JSON.stringify({ file: counter }),
  ];
  const child = startPlustwo(['run', fixture('counts.mjs'), '--in', inputs, ...args]);
  const ended = endOf(child);
  const stdout = child.stdout.setEncoding('utf8');
  const ranSoFar = (): number => statSync(counter).size;
  const rssKb = (): number =>
    Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${String(child.pid)}/status`, 'utf8'))?.[1]);

  // Nobody reads: the run comes to rest by itself, long before its end. A slow machine may seem to rest too early;
  // the limit below holds all the same.
  for (let before = -1; before !== ranSoFar() || before === 0; ) {
    before = ranSoFar();
    await after(200);
  }
  assert.ok(ranSoFar() <= underWay, `${ranSoFar()} items ran while nobody read a result`);

  let taken = 0;
  let rssAtQuarter = Number.POSITIVE_INFINITY;
  for await (const piece of stdout) {
    taken += (piece as string).split('\n').length - 1;
    // Near its end the run may be over, and its process gone, before the last results are read.
    if (taken > items - underWay) continue;
    assert.ok(ranSoFar() <= taken + underWay, `${ranSoFar()} items ran, ${taken} results were read`);
    const rss = rssKb();
    if (taken < items / 4) rssAtQuarter = rss;
    else assert.ok(rss < rssAtQuarter + flatWithinKb, `${rss} KB at ${taken} results, ${rssAtQuarter} KB at a quarter`);
  }
  assert.deepEqual(await ended, { code: 0, signal: null });
  assert.equal(taken, items);
});
