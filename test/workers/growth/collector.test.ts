import assert from 'node:assert/strict';
import test from 'node:test';
import { runInNewContext } from 'node:vm';
import { Collector } from '../../../workers/growth/collector.js';

const MB = 2 ** 20;

test('objects that nobody holds do not survive, and those that somebody holds do', () => {
  const collector = new Collector();
  const empty = collector.survivors(Infinity)?.heap ?? NaN;
  let held: number[][] | undefined = Array.from({ length: 16 }, (_, index) =>
    new Array<number>(MB / 8).fill(index + 0.5),
  );
  const full = collector.survivors(Infinity)?.heap ?? NaN;
  assert.ok(full - empty > 15 * MB, `${String(full - empty)} bytes for ${String(held.length)} MB`);
  held = undefined;
  const after = collector.survivors(Infinity)?.heap ?? NaN;
  assert.ok(after - empty < MB, String(after - empty));
});

test('buffers that nobody holds are counted out at once', () => {
  const collector = new Collector();
  const empty = collector.survivors(0)?.external ?? NaN;
  let held: Buffer[] | undefined = Array.from({ length: 200 }, () => Buffer.alloc(MB / 4));
  const full = collector.survivors(empty)?.external ?? NaN;
  assert.ok(full - empty >= held.length * (MB / 4), String(full - empty));
  held = undefined;
  const after = collector.survivors(empty)?.external ?? NaN;
  assert.ok(after - empty < MB, String(after - empty));
});

test("the collector is nobody else's afterwards", () => {
  new Collector().survivors(0);
  assert.equal(runInNewContext('typeof gc'), 'undefined');
  assert.equal('gc' in globalThis, false);
});
