// A task that prints faster than the supervisor reads, and others beside it.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import type { Flooding } from '../../fixtures/handlers/floods.js';
import { EngineStand } from '../../support/engine-stand.js';
import { fixture } from '../../support/fixture.js';
import { logPlace } from '../../support/log-place.js';

const FLOOD = 200_000;
const QUIET = 200;

for (const [ending, what, why] of [
  ['saysAndFails', 'fails', /failed/],
  ['saysAndDies', 'runs out of memory', /memory/],
] as const) {
  test(`beside a flood that nobody reads, every line of a task is heard that ${what}`, async (t) => {
    const place = logPlace(t);
    const stand = new EngineStand(t, {
      isolation: 'process',
      threads: 2,
      resourceLimits: { maxOldGenerationSizeMb: 64 },
    });
    await stand.load(fixture('floods'));
    const [flooded, said] = [join(place, 'flooded'), join(place, 'said')];
    const flood = stand.run('floods', { flooded, said, lines: FLOOD } satisfies Flooding);
    const quiet = stand.run(ending, { flooded, said, lines: QUIET } satisfies Flooding);
    await new Promise((resolve) => setImmediate(resolve));
    // Nothing of what comes is read until both have printed all they have to.
    const pause = new Int32Array(new SharedArrayBuffer(4));
    while (!existsSync(said)) Atomics.wait(pause, 0, 0, 5);
    // Its end comes after its last line.
    await assert.rejects(quiet, why);
    const words = stand.lines.map(({ text }) => text.split(' '));
    const heard = words.filter(([who]) => who === 'quiet').map(([, line]) => Number(line));
    assert.deepEqual(
      heard,
      Array.from({ length: QUIET }, (_, line) => line),
    );
    const flooding = await flood;
    const floodHeard = stand.lines.filter(({ text }) => text.startsWith('flood')).length;
    const lost = stand.lost.reduce((sum, { count }) => sum + count, 0);
    assert.equal(floodHeard + lost, flooding);
    assert.ok(lost > 0, 'it was one');
    // 4 MiB for all and one for each of two slots, and what the ring and the pipe hold.
    assert.ok(floodHeard * 200 < 8 * 2 ** 20, `${floodHeard} lines`);
  });
}
