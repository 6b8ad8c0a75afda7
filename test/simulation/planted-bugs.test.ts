/** A test that finds nothing may be blind. Each bug planted here is one the simulation has to see, and to see again when its seed is replayed. */
import assert from 'node:assert/strict';
import test from 'node:test';
import type { PlantedBug } from './planted-bug.js';
import { PLANTED_BUGS } from './planted-bugs.js';
import { type Report, run } from './scenario.js';

for (const bug of PLANTED_BUGS) {
  test(`it is caught when ${bug.name}`, { timeout: 300_000 }, async (t) => {
    const caught = await firstCaught(bug);
    assert.ok(caught !== undefined, `not caught within ${bug.within} seeds`);
    t.diagnostic(`seed ${caught.seed} of ${bug.within}: ${caught.violation?.split('\n')[0] ?? ''}`);
    assert.match(caught.violation ?? '', bug.caughtAs);
    assert.deepEqual(await runWith(bug, caught.seed), caught, 'the replay differs');
    assert.equal((await run(caught.seed)).violation, undefined, 'the seed fails without the bug, too');
  });
}

async function firstCaught(bug: PlantedBug): Promise<Report | undefined> {
  for (let seed = 1; seed <= bug.within; seed++) {
    const report = await runWith(bug, seed);
    if (report.violation !== undefined) return report;
  }
  return undefined;
}

/** Threads are tampered with anew for each run, so that a bug's own count begins anew as well. */
async function runWith(bug: PlantedBug, seed: number): Promise<Report> {
  const restore = bug.plantInThreads?.();
  try {
    return await run(seed, bug.plant);
  } finally {
    restore?.();
  }
}
