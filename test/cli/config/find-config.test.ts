import assert from 'node:assert/strict';
import { mkdirSync, realpathSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import test from 'node:test';
import { findConfig, openConfig } from '../../../cli/config/find-config.js';
import { UsageError } from '../../../cli/usage-error.js';
import { scratch } from '../support/scratch.js';

const directory = realpathSync(scratch('config'));

/** A directory of its own with these files in it. */
function place(name: string, files: Readonly<Record<string, string>>): string {
  const room = join(directory, name);
  mkdirSync(room);
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(dirname(join(room, file)), { recursive: true });
    writeFileSync(join(room, file), text);
  }
  return room;
}

async function assertRefused(reading: Promise<unknown>, message: RegExp, next?: RegExp): Promise<void> {
  await assert.rejects(reading, (error) => {
    assert.ok(error instanceof UsageError, String(error));
    assert.match(error.message, message);
    if (next !== undefined) assert.match(String(error.next), next);
    return true;
  });
}

const kinds: Readonly<Record<string, string>> = {
  'plustwo.config.json': '{"threads":3}',
  'plustwo.config.mjs': 'export default { threads: 3 };',
  'plustwo.config.js': 'module.exports = { threads: 3 };',
  'plustwo.config.cjs': 'module.exports = { threads: 3 };',
  '.plustworc': '{"threads":3}',
  '.plustworc.json': '\uFEFF{"threads":3}',
  'package.json': '{"name":"app","plustwo":{"threads":3}}',
};

for (const [file, text] of Object.entries(kinds)) {
  test(`${file} is found from the directory it is in and from those below`, async () => {
    const room = place(`kind-${file}`, { [file]: text, 'src/deep/a.txt': '' });
    const expected = { file: join(room, file), content: { threads: 3 } };
    assert.deepEqual(await findConfig(room), expected);
    assert.deepEqual(await findConfig(join(room, 'src', 'deep')), expected);
  });
}

test('a .js file is read as its package says', async () => {
  const room = place('module', {
    'package.json': '{"type":"module"}',
    'plustwo.config.js': 'export default { kind: "io" };',
  });
  assert.deepEqual((await findConfig(room))?.content, { kind: 'io' });
});

test('the nearest file counts, and in one directory the file of its own before package.json', async () => {
  const room = place('nearest', {
    'plustwo.config.json': '{"name":"far"}',
    'app/package.json': '{"plustwo":{"name":"package"}}',
    'app/.plustworc': '{"name":"rc"}',
    'app/src/package.json': '{"name":"without the key"}',
  });
  assert.deepEqual((await findConfig(join(room, 'app', 'src')))?.content, { name: 'rc' });
});

test('no file is no config', async () => {
  assert.equal(await findConfig(place('none', { 'package.json': '{"name":"app"}' })), undefined);
});

test('a file is opened by its name', async () => {
  const room = place('named', {
    'ci.json': '{"threads":2}',
    'ci.mjs': 'export default { threads: 2 };',
    ci: '{"threads":2}',
    'package.json': '{"plustwo":{"threads":2}}',
  });
  for (const file of ['ci.json', 'ci.mjs', 'ci', 'package.json', join(room, 'ci.json')]) {
    assert.deepEqual((await openConfig(file, room)).content, { threads: 2 }, file);
  }
});

test('a file that cannot be opened is named', async () => {
  const room = place('broken', { 'empty.json': ' \n', 'package.json': '{}', 'a.yaml': '', 'folder.json/a': '' });
  await assertRefused(openConfig('missing.json', room), /^Cannot read --config missing\.json: ENOENT/);
  await assertRefused(openConfig('folder.json', room), /^Cannot read --config folder\.json: EISDIR/);
  await assertRefused(
    openConfig('a.yaml', room),
    /^Expected --config to be a file that ends with .*, got 'a\.yaml'\.$/,
  );
  await assertRefused(openConfig('empty.json', room), /^\S*empty\.json is empty\.$/);
  await assertRefused(openConfig('package.json', room), /^\S*package\.json has no key 'plustwo'\.$/);
});

test('a file that is not JSON is named, with the way out for whoever did not know of it', async () => {
  const room = place('no-json', { '.plustworc': '{threads:3}' });
  await assertRefused(findConfig(room), /^\S*\.plustworc is not JSON: /, /^To run without a config file: --no-config$/);
  const other = place('no-json-package', { 'package.json': '{' });
  await assertRefused(findConfig(other), /^\S*package\.json is not JSON: /, /--no-config$/);
});

test('a file that is empty is named and not passed over', async () => {
  const room = place('empty', {
    'plustwo.config.json': '',
    '.plustworc': '{"threads":3}',
    'app/plustwo.config.mjs': '\n',
  });
  const next = /^To run without a config file: --no-config$/;
  await assertRefused(findConfig(room), /^\S*plustwo\.config\.json is empty\.$/, next);
  await assertRefused(findConfig(join(room, 'app')), /^\S*plustwo\.config\.mjs is empty\.$/, next);
});

test('the error of a file that is code is shown with its line', async () => {
  const room = place('throws', { 'plustwo.config.mjs': '\nthrow new RangeError("not today");' });
  await assertRefused(
    findConfig(room),
    /^Cannot load \S*plustwo\.config\.mjs:\n {2}RangeError: not today\n {6}at .*plustwo\.config\.mjs:2:7/,
  );
  const other = place('syntax', { 'plustwo.config.mjs': 'export default {' });
  await assertRefused(
    findConfig(other),
    /^Cannot load .*\n {2}SyntaxError: /,
    /^To see where: node --check \S*plustwo\.config\.mjs$/,
  );
  const thrown = place('throws-null', { 'plustwo.config.mjs': 'throw null;' });
  await assertRefused(findConfig(thrown), /^Cannot load .*:\n {2}thrown: null$/);
});

test('a file that is code has a default export', async () => {
  const room = place('no-default', { 'plustwo.config.mjs': 'export const threads = 3;' });
  await assertRefused(findConfig(room), /has no default export; it exports threads\.$/, /^Write: export default /);
  const other = place('nothing', { 'plustwo.config.mjs': '// later' });
  await assertRefused(findConfig(other), /has no default export; it exports nothing\.$/);
});
