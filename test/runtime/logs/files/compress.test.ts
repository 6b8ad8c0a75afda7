// Packing an hour of which there is a packed file already, whole or not.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { readFileSync, symlinkSync } from 'node:fs';
import test from 'node:test';
import { gzipSync } from 'node:zlib';
import { ownDescriptors } from '../../../../runtime/ledger/own-descriptors.js';
import { textOf } from '../../../support/log-place.js';
import { openedSince, openState } from '../../../support/open-state.js';
import { DAY_MS, SweepStand } from '../../../support/sweep-stand.js';
import { until } from '../../../support/until.js';

const HOUR = 'app.2026-01-20T10.log';

/** One in which files of one hour are called by the ends of their names. */
class Stand extends SweepStand {
  override path(end: string): string {
    return super.path(HOUR + end);
  }

  override files(): string[] {
    return super.files().map((name) => name.replace(HOUR, ''));
  }
}

const noise = randomBytes(600_000);
// What a full disk, a machine without power or a bad block may leave of a packed file.
const broken: Record<string, Buffer> = {
  'cut off': gzipSync(noise).subarray(0, 300_000),
  'without its last byte': gzipSync('a\n').subarray(0, -1),
  'with zeros in the middle': gzipSync(noise).fill(0, 200_000, 204_096),
  'with zeros behind it': Buffer.concat([gzipSync('a\n'), Buffer.alloc(512)]),
  'with more zeros behind it than are read at once': Buffer.concat([gzipSync('a\n'), Buffer.alloc(2 ** 20)]),
  'broken in what came second': Buffer.concat([gzipSync('a\n'), gzipSync('b\n').subarray(0, 12)]),
  'no pack at all': Buffer.from('a\n'),
  empty: Buffer.alloc(0),
};
for (const [how, bytes] of Object.entries(broken)) {
  test(`a packed file that is ${how} makes nothing unreadable: it is put aside and told, once`, async (t) => {
    const stand = new Stand(t);
    stand.put('.gz', bytes);
    stand.put('', 'second\n');
    for (let hour = 0; hour < 2; hour++) await stand.sweep.run();
    assert.deepEqual(stand.files(), ['.1.gz', '.gz']);
    assert.equal(textOf(stand.path('.gz')), 'second\n');
    const aside = stand.path('.1.gz');
    assert.ok(readFileSync(aside).equals(bytes), 'with every byte');
    assert.deepEqual(
      stand.notices.map((notice) => notice.kind === 'kept' && [notice.path, notice.wanted]),
      [[aside, 'read']],
    );
    const [notice] = stand.notices;
    assert.match(notice?.kind === 'kept' ? notice.code : '', /^Z_(BUF|DATA)_ERROR$/);
    stand.now += 8 * DAY_MS;
    await stand.sweep.run();
    assert.deepEqual(stand.files(), [], 'it is kept as long as others');
  });
}

test('what is put aside takes no place of another file', async (t) => {
  const stand = new Stand(t);
  const taken = ['.1.gz', '.2.gz'];
  for (const name of taken.slice(0, 1)) stand.put(name, 'first');
  symlinkSync('nowhere', stand.path('.2.gz'));
  stand.put('.gz', 'broken');
  stand.put('', 'plain\n');
  await stand.sweep.run();
  assert.deepEqual(stand.files(), [...taken, '.3.gz', '.gz']);
  assert.equal(readFileSync(stand.path('.1.gz'), 'utf8'), 'first');
  assert.equal(readFileSync(stand.path('.3.gz'), 'utf8'), 'broken');
});

test('a packed file of many parts, one of them as long as what is read at once, is whole', async (t) => {
  const stand = new Stand(t);
  const block = 262_144;
  // Stored as it is, so that its length is known.
  const overhead = gzipSync(noise.subarray(0, block), { level: 0 }).length - block;
  const part = gzipSync(noise.subarray(0, block - overhead), { level: 0 });
  assert.equal(part.length, block);
  stand.put('.gz', Buffer.concat([part, gzipSync('b\n')]));
  for (const text of ['c\n', 'd\n']) {
    stand.put('', text);
    await stand.sweep.run();
  }
  assert.deepEqual([stand.files(), stand.notices], [['.gz'], []]);
  assert.ok(textOf(stand.path('.gz')).endsWith('b\nc\nd\n'));
});

test('stopped while it looks whether a packed file is whole it leaves both as they were', async (t) => {
  const stand = new Stand(t);
  const bytes = gzipSync(Buffer.alloc(2 ** 28));
  stand.put('.gz', bytes.subarray(0, -1));
  stand.put('', 'b\n');
  const before = await openState();
  const sweeping = stand.sweep.run();
  // It opens that file before any other.
  await until(() => ownDescriptors.size > 0);
  await stand.sweep.stop();
  await sweeping;
  assert.deepEqual(stand.files(), ['', '.gz']);
  assert.deepEqual(stand.notices, []);
  assert.deepEqual(await openedSince(before), []);
});
