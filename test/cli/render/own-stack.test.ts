import assert from 'node:assert/strict';
import test from 'node:test';
import { ownStack } from '../../../cli/render/own-stack.js';

test('the lines of Node are left out, those of the user stay', () => {
  const error = new TypeError('no');
  error.stack = [
    'TypeError: no',
    '    at file:///app/plustwo.config.mjs:3:7',
    '    at ModuleJob.run (node:internal/modules/esm/module_job:325:25)',
    '    at node:internal/main/run_main:1:1',
    '    at load (/app/load.js:1:2)',
  ].join('\n');
  assert.equal(
    ownStack(error),
    'TypeError: no\n    at file:///app/plustwo.config.mjs:3:7\n    at load (/app/load.js:1:2)',
  );
});

test('what is no error is told as it was thrown', () => {
  assert.equal(ownStack('no'), 'thrown: no');
  assert.equal(ownStack({ code: 7 }), 'thrown: {"code":7}');
});
