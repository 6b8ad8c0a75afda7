import assert from 'node:assert/strict';
import * as system from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { makeFolder } from '../../../../runtime/logs/files/make-folder.js';
import { logPlace } from '../../../support/log-place.js';

test('a directory is made with those above it, and may be there already', (t) => {
  const path = join(logPlace(t), 'a', 'b', 'c');
  makeFolder(path, system);
  assert.ok(system.statSync(path).isDirectory());
  makeFolder(path, system);
});

test('what is in the way is told', (t) => {
  const place = logPlace(t);
  system.writeFileSync(join(place, 'file'), '');
  system.symlinkSync('nowhere', join(place, 'link'));
  assert.throws(() => makeFolder(join(place, 'file'), system), { code: 'EEXIST' });
  assert.throws(() => makeFolder(join(place, 'file', 'a'), system), { code: 'ENOTDIR' });
  assert.throws(() => makeFolder(join(place, 'link'), system), { code: 'EEXIST' });
});

test('where nothing can be made although everything above is there, it is given up', (t) => {
  const above = logPlace(t);
  let asked = 0;
  const mkdirSync = ((path: string) => {
    asked += 1;
    throw Object.assign(new Error(), { code: path === above ? 'EEXIST' : 'ENOENT' });
  }) as unknown as typeof system.mkdirSync;
  const files = { ...system, mkdirSync };
  assert.throws(() => makeFolder(join(above, 'a', 'b'), files), { code: 'ENOENT' });
  assert.equal(asked, 4);
});
