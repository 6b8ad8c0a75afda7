import assert from 'node:assert/strict';
import { isBuiltin } from 'node:module';
import test from 'node:test';
import { runScenario } from '../../fixtures/ledger-hosts/run-scenario.js';

/** The number of the handler of the host's attempts. */
const HANDLER = 3;

test('without native code nothing is counted and nothing marked', async () => {
  assert.deepEqual(await runScenario('native', 'noAddon'), [false, 0, [0, 0]]);
});

test('a file that appears while one attempt is alone is marked with its handler', async () => {
  assert.deepEqual(await runScenario('native', 'alone'), [true, HANDLER, null, [0, 2]]);
});

test('the attempt that loads an addon counts from there on', async () => {
  assert.deepEqual(await runScenario('native', 'loading'), [HANDLER, [0, 1]]);
});

test('attempts that run beside each other are not told apart, and nobody is named', async () => {
  assert.deepEqual(await runScenario('native', 'together'), [null, [0, 3]]);
});

test('what was open before an attempt is not its own', async () => {
  assert.deepEqual(await runScenario('native', 'before'), [null, HANDLER]);
});

test('a mark does not outlive the closing of its descriptor', async () => {
  assert.deepEqual(await runScenario('native', 'reused'), [true, 0, null]);
});

test('the same file under the same number is marked anew for who opened it last', async () => {
  assert.deepEqual(await runScenario('native', 'whose'), [true, HANDLER, 9]);
});

test('a socket that nobody knows is not marked', async () => {
  assert.equal(await runScenario('native', 'sockets'), 0);
});

const skip = isBuiltin('node:sqlite') ? false : 'this Node has no node:sqlite';

test('a database of node:sqlite is found', { skip }, async () => {
  assert.deepEqual(await runScenario('native', 'sqlite'), [true, [HANDLER], []]);
});
