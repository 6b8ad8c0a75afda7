import assert from 'node:assert/strict';
import test from 'node:test';
import { fileURLToPath } from 'node:url';
import { ownStack } from '../../../cli/render/own-stack.js';

test('the lines of Node are left out, those of the user stay', () => {
  const error = new TypeError('no');
  error.stack = [
    'TypeError: no',
    '    at file:///app/plustwo.config.mjs:3:7',
    '    at ModuleJob.run (node:internal/modules/esm/module_job:325:25)',
    '    at node:internal/main/run_main:1:1',
    '    at async node:internal/modules/esm/loader:650:26',
    '    at AsyncLocalStorage.run (node:async_hooks:335:14)',
    '    at async Command.parseAsync (/app/node_modules/commander/lib/command.js:1122:5)',
    '    at load (/app/load.js:1:2)',
  ].join('\n');
  assert.equal(
    ownStack(error),
    'TypeError: no\n    at file:///app/plustwo.config.mjs:3:7\n    at load (/app/load.js:1:2)',
  );
});

test('the lines of our own installation are left out, from whichever of its rooms, and those beside them stay', () => {
  const home = new URL('../../../../', import.meta.url);
  const error = new Error('no');
  error.stack = [
    'Error: no',
    `    at ${home.href}docs/examples/tasks/hash.js:3:7`,
    `    at load (${home.href}dist/bundle/find-config-X1.js:1:2)`,
    `    at Object.<anonymous> (${fileURLToPath(home)}dist/bundle/entry.cjs:1:2)`,
    `    at async load (${fileURLToPath(home)}cli/config/import-config.ts:1:2)`,
    `    at ${home.href}dist/test/fixtures/batch/throws-at-load.mjs:1:7`,
  ].join('\n');
  assert.equal(
    ownStack(error),
    [
      'Error: no',
      `    at ${home.href}docs/examples/tasks/hash.js:3:7`,
      `    at ${home.href}dist/test/fixtures/batch/throws-at-load.mjs:1:7`,
    ].join('\n'),
  );
});

test('who asked for a module that is not there is told when it was the user', () => {
  const home = fileURLToPath(new URL('../../../../', import.meta.url));
  const missing = (from: string) =>
    Object.assign(new Error('no'), { stack: `Error: Cannot find /a.mjs imported from ${from}` });
  assert.equal(ownStack(missing(`${home}dist/bundle/entry.cjs`)), 'Error: Cannot find /a.mjs');
  assert.equal(ownStack(missing('/app/b.mjs')), 'Error: Cannot find /a.mjs imported from /app/b.mjs');
});

test('what is no error is told as it was thrown', () => {
  assert.equal(ownStack('no'), 'thrown: no');
  assert.equal(ownStack({ code: 7 }), 'thrown: {"code":7}');
});
