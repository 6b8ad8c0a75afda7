import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { HeldWrites } from '../../../../runtime/logs/files/held-writes.js';
import type { SinkNotice } from '../../../../runtime/logs/files/sink-notice.js';
import { FakeDisk } from '../../../support/fake-disk.js';
import { indicesOf, range } from '../../../support/log-place.js';

const MEBIBYTE = 2 ** 20;

/** Writes on a disk that does as it is told, in a time that passes when it is told to. */
class Stand {
  readonly disk = new FakeDisk();
  readonly notices: SinkNotice[] = [];
  readonly writes: HeldWrites;
  now = 0;
  remade = 0;
  written = 0;
  timer: (() => void) | undefined;

  constructor(mostBytes?: number) {
    this.writes = new HeldWrites({
      clock: { now: () => this.now },
      remind: (ms, fire) => {
        assert.equal(ms, 100);
        assert.equal(this.timer, undefined, 'one timer at a time');
        this.timer = fire;
        return { cancel: () => (this.timer = undefined) };
      },
      told: (notice) => this.notices.push(notice),
      remade: () => this.remade++,
      files: this.disk.calls,
      ...(mostBytes === undefined ? {} : { mostBytes }),
    });
    this.writes.switchTo('/logs/1');
  }

  write(count: number, padding = 0): void {
    const from = this.written;
    this.written += count;
    const lines = range(from, this.written).map(
      (index) => `${JSON.stringify({ index, padding: 'ü'.repeat(padding) })}\n`,
    );
    this.writes.write(Buffer.from(lines.join('')), count);
  }

  fireTimer(): void {
    const fire = this.timer;
    this.timer = undefined;
    this.now += 100;
    fire?.();
  }

  heal(): void {
    Object.assign(this.disk, { room: Infinity, opensFail: undefined, writesFail: undefined });
  }

  kinds(): string[] {
    return this.notices.map(({ kind }) => kind);
  }

  indices(path = '/logs/1'): number[] {
    return indicesOf(this.disk.textOf(path));
  }
}

type Step = (stand: Stand, paths: string[]) => void;

const faults: fc.Arbitrary<Step>[] = [
  fc.integer({ min: 1, max: 6 }).map((count) => (stand) => stand.write(count, 3)),
  fc.integer({ min: 1, max: 6 }).map((count) => (stand) => stand.write(count, 3)),
  fc.nat({ max: 200 }).map(
    (room) =>
      ({ disk }) =>
        (disk.room = room),
  ),
  fc.integer({ min: 1, max: 40 }).map(
    (appetite) =>
      ({ disk }) =>
        (disk.appetite = appetite),
  ),
  fc.constantFrom('EMFILE', 'ENOTDIR', undefined).map(
    (code) =>
      ({ disk }) =>
        (disk.opensFail = code),
  ),
  fc.constantFrom('EIO', 'EBADF', 'ENOSPC', undefined).map(
    (code) =>
      ({ disk }) =>
        (disk.writesFail = code),
  ),
  fc.boolean().map(
    (canTruncate) =>
      ({ disk }) =>
        (disk.canTruncate = canTruncate),
  ),
  fc.constant<Step>((stand) => stand.heal()),
  fc.constant<Step>((stand) => stand.fireTimer()),
  fc.nat({ max: 3_000 }).map((ms) => (stand) => (stand.now += ms)),
  fc.constant<Step>((stand, paths) => {
    paths.push(`/logs/${paths.length + 1}`);
    stand.writes.switchTo(paths.at(-1) ?? '');
  }),
];
const removal = fc.nat({ max: 9 }).map<Step>((index) => ({ disk }, paths) => {
  disk.remove(paths[index % paths.length] ?? '');
});

/** Does these steps, and then everything heals. */
function perform(steps: readonly Step[]): { stand: Stand; paths: string[] } {
  const stand = new Stand();
  const paths = ['/logs/1'];
  for (const step of steps) {
    step(stand, paths);
    assert.equal(
      stand.timer !== undefined,
      stand.writes.held > 0,
      'a timer is set while something is held, and only then',
    );
    assert.ok(stand.disk.openFiles <= 1, 'one file is open at most');
  }
  stand.heal();
  stand.writes.close();
  assert.equal(stand.writes.held, 0);
  assert.equal(stand.disk.openFiles, 0);
  assert.equal(stand.timer, undefined);
  return { stand, paths };
}

test('whatever fails, when it is over every line is in a file once, in order, and whole', () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(...faults), { maxLength: 60 }), (steps) => {
      const { stand, paths } = perform(steps);
      const indices = paths.flatMap((path) => indicesOf(stand.disk.textOf(path)));
      assert.deepEqual(indices, range(0, stand.written));
      assert.equal(stand.writes.dropped, 0);
    }),
    { numRuns: 1_000 },
  );
});

test('files may be removed at any time: nothing is lost but what was in them', () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(...faults, removal), { maxLength: 60 }), (steps) => {
      const { stand, paths } = perform(steps);
      const there = paths.flatMap((path) => indicesOf(stand.disk.textOf(path)));
      assert.deepEqual(
        there,
        [...new Set(there)].sort((one, other) => one - other),
        'once, and in order',
      );
      const gone = stand.disk.removed.flatMap((text) =>
        [...text.matchAll(/"index":(\d+),[^\n]*\n/g)].map(([, index]) => Number(index)),
      );
      assert.deepEqual(new Set([...there, ...gone]), new Set(range(0, stand.written)));
      assert.equal(stand.writes.dropped, 0);
    }),
    { numRuns: 1_000 },
  );
});

test('no more is held than may be: the oldest whole lines go, each is counted, and what is left is in order', () => {
  const mostBytes = 10_000;
  fc.assert(
    fc.property(
      fc.array(fc.record({ count: fc.integer({ min: 1, max: 12 }), padding: fc.integer({ min: 0, max: 200 }) }), {
        minLength: 20,
        maxLength: 60,
      }),
      fc.nat({ max: 4_000 }),
      (batches, room) => {
        const stand = new Stand(mostBytes);
        stand.disk.room = room;
        for (const { count, padding } of batches) stand.write(count, padding);
        const { held, dropped } = stand.writes;
        stand.heal();
        stand.fireTimer();
        const there = stand.indices();
        assert.equal(there.length + dropped, stand.written);
        const before = there.length - held;
        assert.ok(before >= 0);
        assert.ok(
          there.every((index, at) => at === 0 || index > (there[at - 1] ?? index)),
          'in order',
        );
        // What is given up makes room for a shorter one now and then; what is held in the end are the newest.
        assert.deepEqual(there.slice(before), range(stand.written - held, stand.written));
        const lines = stand.disk.textOf('/logs/1').split(/(?<=\n)/);
        const bytesHeld = lines.slice(-held).reduce((sum, line) => sum + Buffer.byteLength(line), 0);
        const longest = Math.max(...lines.map((line) => Buffer.byteLength(line)));
        if (held > 0) assert.ok(bytesHeld <= mostBytes);
        if (dropped > 0) assert.ok(bytesHeld > mostBytes - 2 * longest, 'no more goes than has to');
      },
    ),
    { numRuns: 500 },
  );
});

test('four megabytes are held', () => {
  const stand = new Stand();
  stand.disk.room = 0;
  for (let count = 0; count < 60; count++) stand.write(10, 5_000);
  const bytes = Buffer.byteLength(`${JSON.stringify({ index: 500, padding: 'ü'.repeat(5_000) })}\n`);
  assert.equal(stand.writes.held, Math.floor((4 * MEBIBYTE) / bytes));
  assert.equal(stand.writes.held + stand.writes.dropped, 600);
});

test('faults are told once a second, and their end with what they cost', () => {
  const stand = new Stand();
  stand.disk.room = 0;
  for (; stand.now < 2_500; stand.now += 10) stand.write(1);
  assert.deepEqual(stand.kinds(), ['fault', 'fault', 'fault']);
  assert.deepEqual(stand.notices[1], {
    kind: 'fault',
    path: '/logs/1',
    code: 'ENOSPC',
    message: 'ENOSPC: as the test wanted',
    held: 101,
    dropped: 0,
  });
  stand.heal();
  stand.fireTimer();
  assert.deepEqual(stand.notices.at(-1), { kind: 'recovered', dropped: 0 });
  assert.deepEqual(stand.indices(), range(0, 250));
});

test('what one fault cost is not told of the next', () => {
  const stand = new Stand();
  stand.disk.room = 0;
  stand.write(2, MEBIBYTE);
  stand.write(2, MEBIBYTE);
  stand.heal();
  stand.write(1);
  assert.deepEqual(stand.notices.at(-1), { kind: 'recovered', dropped: 3 });
  stand.now += 1_000;
  stand.disk.room = 0;
  stand.write(1);
  stand.heal();
  stand.write(1);
  assert.deepEqual(stand.notices.at(-1), { kind: 'recovered', dropped: 0 });
  assert.equal(stand.writes.dropped, 3);
});

test('a disk that takes every second write has faults told once a second, and no more recoveries', () => {
  const stand = new Stand();
  const faultsAt: number[] = [];
  for (; stand.now < 3_500; stand.now += 10) {
    stand.disk.room = stand.now % 20 === 0 ? 0 : Infinity;
    const before = stand.notices.length;
    stand.write(1);
    if (stand.notices.slice(before).some(({ kind }) => kind === 'fault')) faultsAt.push(stand.now);
  }
  assert.deepEqual(faultsAt, [0, 1_000, 2_000, 3_000]);
  assert.deepEqual(stand.kinds(), Array(4).fill(['fault', 'recovered']).flat());
  assert.deepEqual(stand.indices(), range(0, 350));
});

test('a fault too soon after another to be told is told with its cost when it is over, and if it lasts', () => {
  const stand = new Stand();
  const fail = (count: number): void => {
    stand.disk.room = 0;
    for (let written = 0; written < count; written++) stand.write(1, MEBIBYTE);
  };
  const heal = (): void => {
    stand.heal();
    stand.fireTimer();
  };
  for (const count of [4, 1, 4]) {
    fail(count);
    heal();
  }
  assert.deepEqual(stand.kinds(), ['fault', 'recovered', 'recovered'], 'of the second nothing');
  assert.deepEqual(stand.notices.slice(1), Array(2).fill({ kind: 'recovered', dropped: 3 }));
  fail(4);
  for (let tries = 0; tries < 10; tries++) stand.fireTimer();
  assert.deepEqual(stand.kinds().slice(3), ['fault']);
  heal();
  assert.deepEqual(stand.notices.at(-1), { kind: 'recovered', dropped: 3 });
  assert.equal(stand.writes.dropped, 9);
});

test('whatever fails and whenever it is closed, what is in no file is told once, and was counted', () => {
  fc.assert(
    fc.property(
      fc.array(fc.oneof(...faults), { maxLength: 60 }),
      fc.integer({ min: 100, max: 4_000 }),
      (steps, mostBytes) => {
        const stand = new Stand(mostBytes);
        const paths = ['/logs/1'];
        for (const step of steps) step(stand, paths);
        stand.writes.close();
        const there = paths.flatMap((path) => stand.disk.textOf(path).match(/.*\n/g) ?? []).length;
        assert.equal(there + stand.writes.dropped, stand.written);
        const ends = stand.notices.filter((notice) => notice.kind === 'recovered' || notice.kind === 'lost');
        assert.equal(
          ends.reduce((sum, { dropped }) => sum + dropped, 0),
          stand.writes.dropped,
        );
        assert.deepEqual([stand.writes.held, stand.timer, stand.disk.openFiles], [0, undefined, 0]);
      },
    ),
    { numRuns: 1_000 },
  );
});

for (const canTruncate of [true, false]) {
  const how = canTruncate ? 'a half is taken back' : 'a half stays where it cannot be taken back';
  test(`lines that were written before the disk was full are not told as lost, and ${how}`, () => {
    const stand = new Stand();
    Object.assign(stand.disk, { room: 25, canTruncate });
    stand.writes.write(Buffer.from('line one\nline two\nline three\nline four\n'), 4);
    const half = canTruncate ? '' : 'line th';
    assert.equal(stand.disk.textOf('/logs/1'), `line one\nline two\n${half}`, 'while the disk is full');
    stand.writes.close();
    assert.equal(stand.disk.textOf('/logs/1'), `line one\nline two\n${half}`);
    assert.deepEqual([stand.notices.at(-1), stand.writes.dropped], [{ kind: 'lost', dropped: 2 }, 2]);
  });

  test(`a disk that is full again and again has each line once, and ${how}`, () => {
    const stand = new Stand();
    stand.disk.canTruncate = canTruncate;
    for (let room = 0; room < 60; room++) {
      stand.disk.room = room;
      stand.write(1, 3);
    }
    stand.heal();
    stand.fireTimer();
    assert.deepEqual(stand.indices(), range(0, 60));
    assert.equal(stand.writes.dropped, 0);
  });
}

test('lines whose file was taken away before they were all there are lost with the others', () => {
  const stand = new Stand();
  Object.assign(stand.disk, { room: 25, canTruncate: false });
  stand.writes.write(Buffer.from('line one\nline two\nline three\nline four\n'), 4);
  stand.disk.remove('/logs/1');
  stand.heal();
  stand.disk.opensFail = 'EMFILE';
  stand.writes.close();
  assert.deepEqual(stand.notices.at(-1), { kind: 'lost', dropped: 4 });
});

test('a line that is more than may be held is told as lost, though nothing is held in the end', () => {
  const stand = new Stand(100);
  stand.disk.room = 0;
  stand.write(1, 200);
  assert.deepEqual([stand.writes.held, stand.timer], [0, undefined]);
  stand.writes.close();
  assert.deepEqual(stand.notices.at(-1), { kind: 'lost', dropped: 1 });
});

test('whoever is told may write in turn', () => {
  const disk = new FakeDisk();
  const heard: string[] = [];
  const writes = new HeldWrites({
    clock: { now: () => 0 },
    remind: () => ({ cancel: () => undefined }),
    told: ({ kind }) => {
      heard.push(kind);
      writes.write(Buffer.from(`${kind}\n`), 1);
    },
    remade: () => undefined,
    files: disk.calls,
  });
  writes.switchTo('/logs/1');
  disk.room = 0;
  writes.write(Buffer.from('line\n'), 1);
  disk.room = Infinity;
  writes.retry();
  writes.close();
  assert.deepEqual(heard, ['fault', 'recovered']);
  assert.equal(disk.textOf('/logs/1'), 'line\nfault\nrecovered\n');
});

test('a line that a killed process left half written is ended before the next one', () => {
  const stand = new Stand();
  stand.disk.put('/logs/1', '{"index":0}\n{"ind');
  stand.write(1);
  assert.equal(stand.disk.textOf('/logs/1'), '{"index":0}\n{"ind\n{"index":0,"padding":""}\n');
});

test('who makes room by removing or emptying the file that is half written gets whole lines in the next one', () => {
  for (const make of ['remove', 'empty'] as const) {
    const stand = new Stand();
    stand.disk.canTruncate = false;
    stand.write(1);
    const [line = ''] = stand.disk.textOf('/logs/1').split('\n');
    stand.disk.room = 1.5 * line.length;
    stand.write(3);
    assert.equal(stand.writes.held, 3);
    stand.disk[make]('/logs/1');
    stand.now += 1_000;
    stand.heal();
    stand.fireTimer();
    assert.deepEqual(stand.indices(), [1, 2, 3], make);
    assert.equal(stand.writes.dropped, 0);
    stand.writes.close();
  }
});

test('a file that was renamed is left alone after a second, and its lines are not written again', () => {
  const stand = new Stand();
  stand.write(2);
  stand.disk.rename('/logs/1', '/logs/away');
  stand.write(1);
  stand.now += 1_000;
  stand.write(1);
  assert.deepEqual(stand.indices('/logs/away'), [0, 1, 2]);
  assert.deepEqual(stand.indices(), [3]);
});

test('a file system that counts no names does not have everything written again and again', () => {
  const stand = new Stand();
  stand.disk.countsLinks = false;
  stand.write(2);
  stand.write(2);
  assert.deepEqual(stand.indices(), [0, 1, 2, 3]);
});

test('the file before stays in use until everything that was meant for it is there', () => {
  const stand = new Stand();
  stand.write(1);
  stand.disk.room = 0;
  stand.write(1);
  stand.writes.switchTo('/logs/2');
  stand.write(1);
  assert.deepEqual([...stand.writes.paths], ['/logs/1', '/logs/2']);
  stand.heal();
  stand.fireTimer();
  assert.deepEqual([...stand.writes.paths], ['/logs/2']);
  assert.deepEqual([stand.indices('/logs/1'), stand.indices('/logs/2')], [[0, 1], [2]]);
});

test('what is still held at the end is told as lost, and what comes afterwards is counted', () => {
  const stand = new Stand();
  stand.disk.opensFail = 'EMFILE';
  stand.write(3);
  stand.writes.close();
  assert.deepEqual(stand.notices.at(-1), { kind: 'lost', dropped: 3 });
  stand.write(2);
  stand.writes.close();
  assert.deepEqual(stand.kinds(), ['fault', 'lost']);
  assert.deepEqual([stand.writes.held, stand.writes.dropped, stand.timer], [0, 5, undefined]);
});

test('lines that come before there is a file are counted', () => {
  const { disk } = new Stand();
  const without = new HeldWrites({
    clock: { now: () => 0 },
    remind: () => ({ cancel: () => undefined }),
    told: () => undefined,
    remade: () => undefined,
    files: disk.calls,
  });
  without.write(Buffer.from('line\n'), 1);
  assert.deepEqual([without.held, without.dropped], [0, 1]);
});

test('what is held is in memory of its own: that in which it came may be written over', () => {
  const stand = new Stand();
  stand.disk.room = 20;
  const page = Buffer.alloc(2 ** 20);
  for (let line = 0; line < 50; line++) {
    const bytes = page.subarray(0, page.write(`{"index":${line}}\n`));
    stand.writes.write(bytes, 1);
  }
  page.fill('x');
  stand.heal();
  stand.writes.retry();
  assert.equal(stand.disk.textOf('/logs/1'), Array.from({ length: 50 }, (_, line) => `{"index":${line}}\n`).join(''));
});
