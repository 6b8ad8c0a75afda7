import assert from 'node:assert/strict';
import test from 'node:test';
import { shortPath } from '../../../cli/render/places.js';

test('a path below the working directory is relative to it, with or without a line', () => {
  assert.equal(shortPath('/home/me/app/src/a.ts:12:10', '/home/me/app'), 'src/a.ts:12:10');
  assert.equal(shortPath('/home/me/app/photos', '/home/me/app'), 'photos');
});

test('a path elsewhere stays as it is, unless the way there is shorter', () => {
  assert.equal(shortPath('/etc/passwd', '/home/me/app'), '/etc/passwd');
  assert.equal(
    shortPath('/home/me/long-name-of-a-library/a.ts:1:1', '/home/me/app'),
    '../long-name-of-a-library/a.ts:1:1',
  );
});

test('the working directory itself and what is no path stay as they are', () => {
  assert.equal(shortPath('/home/me/app', '/home/me/app'), '/home/me/app');
  assert.equal(shortPath('127.0.0.1:5432', '/home/me/app'), '127.0.0.1:5432');
});

test('control characters in a name are shown as what they are', () => {
  assert.equal(shortPath('/tmp/a\u001b[2Jb', '/'), 'tmp/a\\x1b[2Jb');
});
