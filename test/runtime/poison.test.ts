// Tasks that kill threads, and those that happen to be beside them.
import assert from 'node:assert/strict';
import test from 'node:test';
import type { CallOptions, RestartEvent, SettledEvent, Supervisor, SupervisorOptions } from '../../runtime/index.js';
import type { Seen } from '../fixtures/handlers/poison.js';
import { fixture } from '../support/fixture.js';
import { Gate } from '../support/gate.js';
import { errorWithCode, outcomeOf } from '../support/outcome-of.js';
import { withSupervisor } from '../support/with-supervisor.js';

type Poison = typeof import('../fixtures/handlers/poison.js');
type Echo = typeof import('../fixtures/handlers/echo.js');

/** Small heaps, so that memory runs out soon. */
const TIGHT = { maxOldGenerationSizeMb: 24, maxYoungGenerationSizeMb: 4 };
const OPTIONS: SupervisorOptions = { grace: 50, resourceLimits: TIGHT };
const ROOMIER = { maxOldGenerationSizeMb: 64, maxYoungGenerationSizeMb: 8 };
const MANY = { retry: { attempts: 5, backoff: 0 } };

/** Everything the supervisor tells while a test runs. */
function listen(supervisor: Supervisor): { settled: SettledEvent[]; restarts: RestartEvent[] } {
  const told = { settled: [] as SettledEvent[], restarts: [] as RestartEvent[] };
  supervisor.on('settled', (event) => told.settled.push(event));
  supervisor.on('restart', (event) => told.restarts.push(event));
  return told;
}

/** By task: how it settled, and how many attempts it is said to have had. */
function accounts({ settled }: { settled: SettledEvent[] }): Record<number, string> {
  return Object.fromEntries(settled.map(({ taskId, outcome, usage }) => [taskId, `${outcome}, ${usage.attempts}`]));
}

async function assertWorks(supervisor: Supervisor): Promise<void> {
  const { echo, echoIo } = await supervisor.load<Echo>(fixture('echo'));
  const values = Array.from({ length: 20 }, (_, index) => index);
  assert.deepEqual(await Promise.all(values.map((value) => echo(value))), values);
  assert.deepEqual(await Promise.all(values.map((value) => echoIo(value))), values);
  const { threads } = supervisor.snapshot();
  assert.deepEqual(
    threads.map(({ slot }) => slot),
    threads.map((_, index) => index),
  );
}

for (const [attempts, resourceLimits] of [
  [2, ROOMIER],
  [5, TIGHT],
] as const) {
  test(`out of memory beside io neighbours, ${attempts} attempts: it dies alone and is charged with both, they finish in their first`, async () => {
    await withSupervisor({ ...OPTIONS, resourceLimits, threads: 1 }, async (supervisor) => {
      const { sitIo } = await supervisor.load<Poison>(fixture('poison'));
      const told = listen(supervisor);
      const [shut, own] = [new Gate(), new Gate()];
      const neighbours = [1, 2, 3].map(() => sitIo({ words: shut.words }, MANY));
      const culprit = errorWithCode(
        sitIo({ words: own.words, then: 'memory' }, { retry: { attempts, backoff: 0 } }),
        'PLUSTWO_THREAD_LOST',
      );
      await Promise.all([shut.arrived(3), own.arrived()]);
      supervisor.once('restart', () => {
        shut.open();
      });
      own.open();
      const error = await culprit;
      assert.match(error.message, /out of memory/);
      assert.match(error.message, /ended two threads/);
      assert.deepEqual([error.started, error.ended], [true, 2]);
      for (const seen of await Promise.all(neighbours)) assert.deepEqual(seen, { attempt: 1, most: 1 } satisfies Seen);
      assert.deepEqual(accounts(told), { 1: 'ok, 1', 2: 'ok, 1', 3: 'ok, 1', 4: 'lost, 2' });
      assert.deepEqual([shut.arrivals, own.arrivals], [6, 2], 'each ran once beside the others and once alone');
      assert.equal(told.restarts.length, 2);
      await assertWorks(supervisor);
    });
  });
}

test('a culprit without attempts left is lost with the group, and its neighbours finish all the same', async () => {
  await withSupervisor({ ...OPTIONS, threads: 2 }, async (supervisor) => {
    const { sitIo } = await supervisor.load<Poison>(fixture('poison'));
    const told = listen(supervisor);
    const gate = new Gate();
    const sink = new Gate();
    const all = Array.from({ length: 12 }, () => outcomeOf(sitIo({ words: gate.words }, MANY)));
    const once = outcomeOf(sitIo({ words: sink.words, then: 'memory' }));
    await Promise.all([gate.arrived(12), sink.arrived()]);
    supervisor.once('restart', () => {
      gate.open();
    });
    sink.open();
    assert.equal((await once).status, 'rejected');
    assert.ok((await Promise.all(all)).every(({ status }) => status === 'fulfilled'));
    const outcomes = Object.values(accounts(told));
    assert.equal(outcomes.filter((account) => account === 'ok, 1').length, 12);
    assert.equal(outcomes.filter((account) => account === 'lost, 1').length, 1);
    assert.equal(told.restarts.length, 1);
    await assertWorks(supervisor);
  });
});

test('two culprits in one thread: each is found, and nobody else is charged', async () => {
  await withSupervisor({ ...OPTIONS, threads: 1 }, async (supervisor) => {
    const { sitIo } = await supervisor.load<Poison>(fixture('poison'));
    const told = listen(supervisor);
    const [shut, own] = [new Gate(), new Gate()];
    const culprits = [1, 2].map(() => outcomeOf(sitIo({ words: own.words, then: 'memory' }, MANY)));
    const neighbour = sitIo({ words: shut.words }, MANY);
    await Promise.all([shut.arrived(), own.arrived(2)]);
    supervisor.once('restart', () => {
      shut.open();
    });
    own.open();
    for (const ended of await Promise.all(culprits)) {
      assert.equal(ended.status, 'rejected');
      assert.equal((ended.error as { ended?: number }).ended, 2);
    }
    assert.deepEqual(await neighbour, { attempt: 1, most: 1 });
    const deaths = told.restarts.length;
    assert.equal(deaths, 4, 'one together, one of the first, two of the second');
    assert.deepEqual(Object.values(accounts(told)).sort(), ['lost, 2', 'lost, 2', 'ok, 1']);
    await assertWorks(supervisor);
  });
});

test('process.exit beside io neighbours: they finish undisturbed, and the culprit is alone in its second attempt', async () => {
  await withSupervisor({ ...OPTIONS, threads: 1 }, async (supervisor) => {
    const { sitIo } = await supervisor.load<Poison>(fixture('poison'));
    const told = listen(supervisor);
    const [shut, own] = [new Gate(), new Gate()];
    const neighbours = [1, 2, 3].map(() => sitIo({ words: shut.words }, MANY));
    const culprit = errorWithCode(sitIo({ words: own.words, then: 'exit' }, MANY), 'PLUSTWO_THREAD_LOST');
    await Promise.all([shut.arrived(3), own.arrived()]);
    own.open();
    await own.marked();
    shut.open();
    for (const seen of await Promise.all(neighbours)) assert.equal(seen.attempt, 1);
    const error = await culprit;
    assert.match(error.message, /exit code 7.*ended two threads/);
    assert.deepEqual(accounts(told), { 1: 'ok, 1', 2: 'ok, 1', 3: 'ok, 1', 4: 'lost, 2' });
    assert.deepEqual([shut.arrivals, own.arrivals], [3, 2]);
    await assertWorks(supervisor);
  });
});

test('who kills a thread once and then does well is ok, and had no company the second time', async () => {
  await withSupervisor({ ...OPTIONS, threads: 1 }, async (supervisor) => {
    const { sitIo } = await supervisor.load<Poison>(fixture('poison'));
    const { echoIo } = await supervisor.load<Echo>(fixture('echo'));
    const own = new Gate();
    const once = sitIo({ words: own.words, then: 'exit', upTo: 1 }, MANY);
    await own.arrived();
    const traffic = Array.from({ length: 200 }, (_, index) => echoIo(index));
    own.open();
    assert.deepEqual(await once, { attempt: 2, most: 1 });
    assert.deepEqual(await Promise.all(traffic), [...traffic.keys()]);
  });
});

test('a cpu task that kills its thread twice gets no third attempt', async () => {
  await withSupervisor({ ...OPTIONS, threads: 2 }, async (supervisor) => {
    const { sitCpu } = await supervisor.load<Poison>(fixture('poison'));
    const told = listen(supervisor);
    const gate = new Gate();
    gate.open();
    const error = await errorWithCode(sitCpu({ words: gate.words, then: 'exit' }, MANY), 'PLUSTWO_THREAD_LOST');
    assert.match(error.message, /exit code 7.*ended two threads/);
    assert.equal(gate.arrivals, 2);
    assert.deepEqual(accounts(told), { 1: 'lost, 2' });
    await assertWorks(supervisor);
  });
});

test('a failure between two deaths does not make them one', async () => {
  await withSupervisor({ ...OPTIONS, threads: 1 }, async (supervisor) => {
    const { exitOrThrow } = await supervisor.load<typeof import('../fixtures/handlers/exit-or-throw.js')>(
      fixture('exit-or-throw'),
    );
    const told = listen(supervisor);
    const gate = new Gate();
    const dose = { words: gate.words, exits: [1, 3] };
    const error = await errorWithCode(exitOrThrow(dose, MANY), 'PLUSTWO_THREAD_LOST');
    assert.equal(error.ended, 2);
    assert.deepEqual([gate.marks(), accounts(told)], [3, { 1: 'lost, 3' }]);
  });
});

test('who is ended because a neighbour does not stop is tried again without being charged', async () => {
  await withSupervisor({ ...OPTIONS, threads: 1 }, async (supervisor) => {
    const { sitIo } = await supervisor.load<Poison>(fixture('poison'));
    const told = listen(supervisor);
    const [shut, own] = [new Gate(), new Gate()];
    const neighbours = [1, 2].map(() => sitIo({ words: shut.words }, MANY));
    await shut.arrived(2);
    // It loops from its start: nothing has to happen here within its timeout.
    own.open();
    const looping = outcomeOf(sitIo({ words: own.words, then: 'loop' }, { timeout: 100, grace: 0 }));
    assert.equal((await looping).status, 'rejected');
    shut.open();
    for (const seen of await Promise.all(neighbours)) assert.equal(seen.attempt, 1);
    assert.deepEqual(accounts(told), { 1: 'ok, 1', 2: 'ok, 1', 3: 'timed-out, 1' });
    assert.deepEqual(told.restarts, []);
  });
});

test('who was given up and blocks the thread afterwards costs its neighbours no more than their place', async () => {
  await withSupervisor({ ...OPTIONS, threads: 1 }, async (supervisor) => {
    const { sitIo } = await supervisor.load<Poison>(fixture('poison'));
    const told = listen(supervisor);
    const [shut, own] = [new Gate(), new Gate()];
    const neighbours = [1, 2].map(() => sitIo({ words: shut.words }, MANY));
    await shut.arrived(2);
    const givenUp = outcomeOf(sitIo({ words: own.words, then: 'loop' }, { timeout: 100, grace: 0 }));
    assert.equal((await givenUp).status, 'rejected');
    // It has heard that it is to stop, and did not. Now it loops.
    own.open();
    await shut.arrived(3);
    shut.open();
    for (const seen of await Promise.all(neighbours)) assert.equal(seen.attempt, 1);
    assert.deepEqual(accounts(told), { 1: 'ok, 1', 2: 'ok, 1', 3: 'timed-out, 1' });
  });
});

test('a suspect that waits for its turn when the supervisor closes is told that it had started', async () => {
  await withSupervisor({ ...OPTIONS, threads: 1 }, async (supervisor) => {
    const { sitIo } = await supervisor.load<Poison>(fixture('poison'));
    const [shut, own] = [new Gate(), new Gate()];
    const suspects = [1, 2, 3].map(() => errorWithCode(sitIo({ words: shut.words }, MANY), 'PLUSTWO_CLOSED'));
    const culprit = outcomeOf(sitIo({ words: own.words, then: 'memory' }));
    await Promise.all([shut.arrived(3), own.arrived()]);
    own.open();
    await culprit;
    await shut.arrived(4);
    await supervisor.close({ timeout: 0 });
    for (const error of await Promise.all(suspects)) assert.equal(error.started, true);
    assert.equal(shut.arrivals, 4, 'one ran alone, the others waited');
  });
});

test('suspects get their turn while both kinds keep all threads busy', async () => {
  await withSupervisor({ ...OPTIONS, threads: 3 }, async (supervisor) => {
    const { sitIo } = await supervisor.load<Poison>(fixture('poison'));
    const { echoLater, echoIo } = await supervisor.load<Echo>(fixture('echo'));
    const told = listen(supervisor);
    let busy = true;
    const keepBusy = async (handle: (value: unknown, options: CallOptions) => Promise<unknown>): Promise<void> => {
      while (busy) await Promise.all(Array.from({ length: 5 }, () => handle(1, MANY)));
    };
    const load = [keepBusy(echoLater), keepBusy(echoLater), keepBusy(echoIo), keepBusy(echoIo)];
    const [shut, own] = [new Gate(), new Gate()];
    const neighbours = Array.from({ length: 9 }, () => sitIo({ words: shut.words }, MANY));
    const culprits = [1, 2].map(() => outcomeOf(sitIo({ words: own.words, then: 'memory' }, MANY)));
    await Promise.all([shut.arrived(9), own.arrived(2)]);
    supervisor.once('restart', () => {
      shut.open();
    });
    own.open();
    for (const ended of await Promise.all(culprits)) assert.equal(ended.status, 'rejected');
    for (const seen of await Promise.all(neighbours)) assert.equal(seen.attempt, 1);
    busy = false;
    await Promise.all(load);
    const charged = told.settled.filter(({ usage, outcome }) => outcome === 'ok' && usage.attempts !== 1);
    assert.deepEqual(charged, []);
    await assertWorks(supervisor);
  });
});
