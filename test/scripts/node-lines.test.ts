import assert from 'node:assert/strict';
import { join } from 'node:path';
import test from 'node:test';
import { pathToFileURL } from 'node:url';
import { root, runNode } from '../docs/support/run-program.js';

/** A script of scripts/, which is plain JavaScript outside every TypeScript project. */
const { engines, isSupported } = (await import(pathToFileURL(join(root, 'scripts/node-lines.mjs')).href)) as {
  engines: string;
  isSupported: (line: string) => boolean;
};

test('a line of Node is supported when its newest version is', () => {
  assert.equal(engines, '^20.19.0 || >=22.12.0');
  for (const line of ['20', '20.19', '20.19.0', '20.20.2', '22', '22.12', '23', '26'])
    assert.ok(isSupported(line), line);
  for (const line of ['19', '20.18', '20.18.3', '21', '22.11', '2', '', 'lts', 'v22', '22.x'])
    assert.ok(!isSupported(line), line);
});

test('a line outside is refused before anything is built or installed', async () => {
  const { code, stdout, stderr } = await runNode(join(root, 'scripts/nodes.mjs'), ['22', '19', 'nix']);
  assert.deepEqual([code, stdout, stderr], [2, '', `nodes: expects lines of Node.js within ${engines}, got 19 nix\n`]);
});

test('parts of paths are expected where some are announced', async () => {
  const { code, stdout, stderr } = await runNode(join(root, 'scripts/nodes.mjs'), ['22', '--only']);
  const told = 'nodes: --only expects parts of the paths of tests, such as runtime/ cli/, got nothing\n';
  assert.deepEqual([code, stdout, stderr], [2, '', told]);
});
