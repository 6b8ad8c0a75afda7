import assert from 'node:assert/strict';
import { mkdirSync, realpathSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { readConfig } from '../../../cli/config/read-config.js';
import { scratch } from '../support/scratch.js';

const directory = realpathSync(scratch('read-config'));
writeFileSync(join(directory, 'plustwo.config.json'), '{"threads":3}');
writeFileSync(join(directory, 'ci.json'), '{"threads":2,"run":{"leaks":"fail"}}');
const below = join(directory, 'src');
mkdirSync(below);

test('without a name the nearest file is read, and named from where the command runs', async () => {
  assert.deepEqual(await readConfig(undefined, directory), {
    file: join(directory, 'plustwo.config.json'),
    name: 'plustwo.config.json',
    supervisor: { threads: 3 },
    run: {},
  });
  assert.equal((await readConfig(undefined, below))?.name, '../plustwo.config.json');
});

test('a file that is named is read instead', async () => {
  assert.deepEqual(await readConfig('../ci.json', below), {
    file: join(directory, 'ci.json'),
    name: '../ci.json',
    supervisor: { threads: 2 },
    run: { leaks: 'fail' },
  });
});

test('none is read when none is wanted', async () => {
  assert.equal(await readConfig(false, directory), undefined);
});

test('a file that is found is checked', async () => {
  writeFileSync(join(below, '.plustworc'), '{"thraeds":3}');
  await assert.rejects(readConfig(undefined, below), { message: '.plustworc: unknown key `thraeds`.' });
});
