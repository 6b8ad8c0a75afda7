import assert from 'node:assert/strict';
import test from 'node:test';
import type { Handle, MapItem, MapOptions, Supervisor } from '../../runtime/index.js';
import { fixture } from '../support/fixture.js';
import { Gate } from '../support/gate.js';
import { errorWithCode } from '../support/outcome-of.js';
import { withSupervisor } from '../support/with-supervisor.js';

type MakeBytes = typeof import('../fixtures/handlers/make-bytes.js');
type Echo = typeof import('../fixtures/handlers/echo.js');
type WaitAtGate = typeof import('../fixtures/handlers/wait-at-gate.js');
type Item = MapItem<Parameters<MakeBytes['makeBytes']>[0], Uint8Array>;

const THREADS = 2;
const ITEM = 100_000;
/** Eleven results are above it. */
const LIMITED = { threads: THREADS, maxResultBytes: '1M' } as const;
/** What has to be read before more is run, and what may be running then. */
const MOST = 11 + THREADS;
const INPUTS = 200;

const load = async (supervisor: Supervisor) => (await supervisor.load<MakeBytes>(fixture('make-bytes'))).makeBytes;

function inputs(gate: Gate, count = INPUTS): Parameters<MakeBytes['makeBytes']>[0][] {
  return Array.from({ length: count }, () => ({ bytes: ITEM, words: gate.words }));
}

async function indexesOf(items: AsyncIterable<Item>): Promise<number[]> {
  const seen: number[] = [];
  for await (const item of items) {
    assert.equal(item.status, 'ok');
    assert.equal(item.value.length, ITEM);
    seen.push(item.index);
  }
  return seen;
}

const ALL = Array.from({ length: INPUTS }, (_, index) => index);

for (const ordered of [true, false]) {
  const order = ordered ? 'ordered' : 'as they come';

  test(`runs no more than there is room for while nobody reads, and everything when somebody does (${order})`, async () => {
    await withSupervisor(LIMITED, async (supervisor) => {
      const makeBytes = await load(supervisor);
      const gate = new Gate();
      const items = makeBytes.map(inputs(gate), { ordered });
      const first = await items.next();
      assert.equal(first.done, false);
      // What waits for its reader is not pending: nobody would come to an end here otherwise.
      await supervisor.drain();
      assert.ok(gate.marks() >= 11 && gate.marks() <= 1 + MOST, `${gate.marks()} ran`);
      const rest = await indexesOf(items);
      assert.deepEqual(
        [first.value?.index ?? -1, ...rest].sort((a, b) => a - b),
        ALL,
      );
      if (ordered) assert.deepEqual(rest, ALL.slice(1));
      assert.equal(gate.marks(), INPUTS);
    });
  });

  test(`a call in the loop over a map is run, however much waits to be read (${order})`, async () => {
    await withSupervisor({ ...LIMITED, maxQueue: 50 }, async (supervisor) => {
      const makeBytes = await load(supervisor);
      const { echo, echoIo } = await supervisor.load<Echo>(fixture('echo'));
      let seen = 0;
      for await (const item of makeBytes.map(inputs(new Gate()), { ordered })) {
        assert.equal(item.status, 'ok');
        if (seen++ % 20 > 0) continue;
        await supervisor.drain();
        assert.equal(await echo(item.index), item.index);
        assert.equal(await echoIo(item.index), item.index);
      }
      assert.equal(seen, INPUTS);
    });
  });

  test(`a map in the loop over a map comes to its end, however much waits to be read in the outer one (${order})`, async () => {
    await withSupervisor(LIMITED, async (supervisor) => {
      const makeBytes = await load(supervisor);
      let seen = 0;
      for await (const item of makeBytes.map(inputs(new Gate(), 40), { ordered })) {
        assert.equal(item.status, 'ok');
        if (seen++ % 8 > 0) continue;
        await supervisor.drain();
        assert.equal((await indexesOf(makeBytes.map(inputs(new Gate(), 30), { ordered }))).length, 30);
      }
      assert.equal(seen, 40);
    });
  });

  test(`leaving a map gives its room to others (${order})`, async () => {
    await withSupervisor(LIMITED, async (supervisor) => {
      const makeBytes = await load(supervisor);
      for (let round = 0; round < 3; round++) {
        const gate = new Gate();
        const items = makeBytes.map(inputs(gate), { ordered });
        await items.next();
        await supervisor.drain();
        assert.ok(gate.marks() >= 11, `${gate.marks()} ran in round ${round}`);
        await items.return?.();
      }
    });
  });
}

test('two maps that are read in turns share the room, and both come to their end', async () => {
  await withSupervisor(LIMITED, async (supervisor) => {
    const makeBytes = await load(supervisor);
    const maps = [0, 1].map(() => makeBytes.map(inputs(new Gate(), 60)));
    const seen = [0, 0];
    for (let step = 0; step < 61; step++) {
      for (const [at, items] of maps.entries()) {
        const { done } = await items.next();
        if (done !== true) seen[at] = (seen[at] ?? 0) + 1;
      }
    }
    assert.deepEqual(seen, [60, 60]);
  });
});

test('the item that is yielded next is run, though those behind it have taken all the room', async () => {
  await withSupervisor(LIMITED, async (supervisor) => {
    const makeBytes = await load(supervisor);
    const gate = new Gate();
    const [first, ...others] = inputs(gate, 40);
    const options: MapOptions = { retry: { attempts: 2, backoff: 300, jitter: false } };
    const seen = await indexesOf(makeBytes.map([{ ...first, fails: 1 } as never, ...others], options));
    assert.deepEqual(seen, ALL.slice(0, 40));
  });
});

test('small results are not held back', async () => {
  await withSupervisor(LIMITED, async (supervisor) => {
    const { echo } = await supervisor.load<Echo>(fixture('echo'));
    const numbers = (echo as Handle<number, number>).map(Array(2_000).keys());
    await numbers.next();
    await supervisor.drain();
    const { tasks } = supervisor.snapshot();
    assert.equal(tasks.echo?.ok, 2_000, 'all of them ran before any other was read');
    let seen = 1;
    for await (const item of numbers) assert.equal(item.index, seen++);
    assert.equal(seen, 2_000);
  });
});

test('any number of bytes may wait with maxResultBytes: false', async () => {
  await withSupervisor({ ...LIMITED, maxResultBytes: false }, async (supervisor) => {
    const makeBytes = await load(supervisor);
    const gate = new Gate();
    const items = makeBytes.map(inputs(gate, 40));
    await items.next();
    await supervisor.drain();
    assert.equal(gate.marks(), 40);
    assert.equal((await indexesOf(items)).length, 39);
  });
});

test('what is held back is turned away by close, and told in its turn', async () => {
  await withSupervisor(LIMITED, async (supervisor) => {
    const makeBytes = await load(supervisor);
    const gate = new Gate();
    const items = makeBytes.map(inputs(gate));
    await items.next();
    await supervisor.drain();
    const ran = gate.marks();
    const report = await supervisor.close();
    assert.equal(report.aborted, 0);
    const outcomes = new Map<string, number>();
    for await (const item of items) {
      outcomes.set(item.status, (outcomes.get(item.status) ?? 0) + 1);
      if (item.status !== 'ok') assert.equal((item.error as { code?: unknown }).code, 'PLUSTWO_CLOSED');
    }
    assert.deepEqual(Object.fromEntries(outcomes), { ok: ran - 1, cancelled: INPUTS - ran });
    assert.equal(gate.marks(), ran);
  });
});

test('what is held back is stopped by its signal', async () => {
  await withSupervisor(LIMITED, async (supervisor) => {
    const makeBytes = await load(supervisor);
    const controller = new AbortController();
    const gate = new Gate();
    const items = makeBytes.map(inputs(gate), { signal: controller.signal });
    await items.next();
    await supervisor.drain();
    const ran = gate.marks();
    controller.abort('never mind');
    const statuses: string[] = [];
    for await (const item of items) statuses.push(item.status);
    assert.equal(statuses.filter((each) => each === 'ok').length, ran - 1);
    assert.equal(statuses.filter((each) => each === 'cancelled').length, INPUTS - ran);
    assert.equal(gate.marks(), ran);
  });
});

test('what is held back is stopped by its deadline', async () => {
  await withSupervisor(LIMITED, async (supervisor) => {
    const makeBytes = await load(supervisor);
    const { waitAtGateIo } = await supervisor.load<WaitAtGate>(fixture('wait-at-gate'));
    const gate = new Gate();
    const items = makeBytes.map(inputs(gate), { deadline: 2_000 });
    await items.next();
    await supervisor.drain();
    const ran = gate.marks();
    // Submitted later with the same deadline, it is stopped later.
    await errorWithCode(waitAtGateIo({ words: new Gate().words }, { deadline: 2_000 }), 'PLUSTWO_TIMED_OUT');
    const statuses: string[] = [];
    for await (const item of items) statuses.push(item.status);
    assert.equal(statuses.length, INPUTS - 1);
    assert.ok(statuses.filter((each) => each === 'timed-out').length >= INPUTS - ran);
    assert.equal(gate.marks(), ran);
  });
});
