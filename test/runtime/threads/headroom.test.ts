import assert from 'node:assert/strict';
import { closeSync, openSync } from 'node:fs';
import { platform } from 'node:os';
import test from 'node:test';
import { fileURLToPath } from 'node:url';
import { readHeadroom } from '../../../runtime/threads/headroom.js';
import { systemReminder } from '../../../runtime/threads/reminder.js';

test('tells the memory the process may still take', () => {
  const { bytes } = readHeadroom();
  assert.ok(bytes > 0);
});

test('tells how many descriptors may still be opened', {
  skip: platform() === 'linux' ? false : 'the limit is read in /proc',
}, () => {
  const before = readHeadroom().descriptors;
  const descriptor = openSync(fileURLToPath(import.meta.url), 'r');
  const after = readHeadroom().descriptors;
  closeSync(descriptor);
  assert.equal(after, before - 1);
});

test('a reminder comes, keeps no process alive, and can be taken back', async () => {
  const timers = (): number => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
  const before = timers();
  systemReminder(1e12, () => assert.fail('taken back, it does not come')).cancel();
  const distant = systemReminder(60_000, () => assert.fail('it is not due'));
  assert.equal(timers(), before, 'none of them is waited for');
  distant.cancel();
  const alive = setInterval(() => undefined, 1_000);
  await new Promise<void>((resolve) => systemReminder(1, resolve));
  clearInterval(alive);
});
