// docs/dependencies.md and the example it shows.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import test from 'node:test';
import { DEFAULT_BREAKER } from '../../runtime/dependencies/dependency-terms.js';
import { codesOf, fencesOf, readPage, tableOf } from './support/markdown.js';
import { root, runNode } from './support/run-program.js';

const page = readPage('docs/dependencies.md');

const SURVIVED = new RegExp(
  `^${['open', 'half-open', 'open', 'half-open', 'closed'].map((state) => `circuit of prices: ${state}\n`).join('')}` +
    '1000 of 1000 quotes\n(\\d+) calls while the service was down, 1000 afterwards\n$',
);

for (const args of [[], ['--uses']]) {
  test(`of 1,000 tasks none is lost to the outage, and the service that is down is left alone (${args.join() || 'ctx.call'})`, async () => {
    const ended = await runNode(join(root, 'dist/docs/examples/survive-outage.js'), args);
    assert.deepEqual({ code: ended.code, stderr: ended.stderr }, { code: 0, stderr: '' });
    const [, whileDown] = SURVIVED.exec(ended.stdout) ?? assert.fail(ended.stdout);
    // Twenty open it, up to nine are under way then, and one is the probe that fails.
    assert.ok(Number(whileDown) >= 21 && Number(whileDown) <= 30, ended.stdout);
  });
}

test('what the page says the example prints is what it may print', () => {
  assert.ok(fencesOf(page).some(({ text }) => SURVIVED.test(text)));
});

test('the breaker’s defaults on the page are those it has', () => {
  const rows = new Map(tableOf(page, 'option').map(([name = '', given = '']) => [codesOf(name)[0], codesOf(given)[0]]));
  const { threshold, minimumCalls, windowMs, breakMs, maxBreakMs } = DEFAULT_BREAKER;
  const seconds = (ms: number): string => `'${ms / 1_000}s'`;
  assert.deepEqual(
    ['threshold', 'minimumCalls', 'window', 'break', 'maxBreak'].map((name) => rows.get(`breaker.${name}`)),
    [String(threshold), String(minimumCalls), seconds(windowMs), seconds(breakMs), seconds(maxBreakMs)],
  );
});
