// Tasks that are cancelled in the middle of opening or closing something, and whose threads have to be ended for it.
import assert from 'node:assert/strict';
import test from 'node:test';
import type { Supervisor } from '../../../runtime/index.js';
import { NAMES, type Step } from '../../fixtures/handlers/loop-files.js';
import { Chance } from '../../simulation/seeded.js';
import { fixture } from '../../support/fixture.js';
import { Gate } from '../../support/gate.js';
import { openInto } from '../../support/open-into.js';
import { outcomeOf } from '../../support/outcome-of.js';
import type { Place } from '../../support/place.js';
import { withPlace } from '../../support/with-place.js';
import { withSupervisor } from '../../support/with-supervisor.js';

type LoopFiles = typeof import('../../fixtures/handlers/loop-files.js');

/** Of each step. The benchmark of cancels does more of them. */
const CANCELS = 10;
const THREADS = 4;
/** In which round of a loop it is cancelled, at most. */
const MOST_ROUNDS = 20;
/** Shorter than a round: the loop is cut off in the middle. */
const GRACE = 5;
const REASON = new Error('not wanted any more');

interface Plan {
  readonly step: Step;
  readonly rounds: number;
}

/** Cancels one loop in one of its rounds; where in that round is left to chance. */
async function cancelOne({ loopFiles }: Loaded, place: Place, { step, rounds }: Plan): Promise<void> {
  const gate = new Gate();
  const controller = new AbortController();
  const ended = outcomeOf(loopFiles({ place, step, words: gate.words }, { signal: controller.signal, grace: GRACE }));
  await gate.marked(rounds);
  controller.abort(REASON);
  assert.deepEqual(await ended, { status: 'rejected', error: REASON });
}

type Loaded = Awaited<ReturnType<typeof load>>;
const load = (supervisor: Supervisor) => supervisor.load<LoopFiles>(fixture('loop-files'));

for (const [index, step] of NAMES.entries()) {
  test(`${CANCELS} cancels in the middle of a loop lose no descriptor: ${step}`, async () => {
    const chance = new Chance(index);
    await withPlace(async (place) => {
      const report = await withSupervisor({ threads: THREADS }, async (supervisor) => {
        const tasks = await load(supervisor);
        const left = Array.from({ length: CANCELS }, () => chance.whole(1, MOST_ROUNDS)).values();
        const cancelTheRest = async (): Promise<void> => {
          for (const rounds of left) await cancelOne(tasks, place, { step, rounds });
        };
        await Promise.all(Array.from({ length: THREADS }, cancelTheRest));
        assert.deepEqual(supervisor.snapshot().restarts, [], 'a thread we ended did not die');
      });
      assert.deepEqual(await openInto(place.folder), []);
      assert.deepEqual(report.orphans, []);
    });
  });
}
