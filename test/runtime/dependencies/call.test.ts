import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import test from 'node:test';
import { CircuitOpenError, type Supervisor } from '../../../runtime/index.js';
import { fixture } from '../../support/fixture.js';
import { Gate } from '../../support/gate.js';
import { errorOf, errorWithCode } from '../../support/outcome-of.js';
import { withSupervisor } from '../../support/with-supervisor.js';

type Calls = typeof import('../../fixtures/handlers/call-dependency.js');

const load = (supervisor: Supervisor) => supervisor.load<Calls>(fixture('call-dependency'));
/** Opens at the fifth failure, for longer than any test. */
const BRITTLE = { breaker: { minimumCalls: 5, break: '1h', maxBreak: '1h' } } as const;

/** A real downstream, which counts who is inside. */
class Downstream {
  readonly #server: Server;
  #inside = 0;
  most = 0;
  requests = 0;

  constructor(answer: (response: ServerResponse, downstream: Downstream) => void) {
    this.#server = createServer((_request, response) => {
      this.requests++;
      this.most = Math.max(this.most, ++this.#inside);
      response.once('close', () => this.#inside--);
      response.setHeader('connection', 'close');
      answer(response, this);
    });
  }

  async during(body: (url: string) => Promise<void>): Promise<void> {
    await once(this.#server.listen(0, '127.0.0.1'), 'listening');
    try {
      await body(`http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/`);
    } finally {
      this.#server.closeAllConnections();
      await new Promise((resolve) => this.#server.close(resolve));
    }
  }
}

/** Keeps the first ones until so many are inside, so that the limit is reached for sure; then each for a moment. */
function slowly(reach: number): (response: ServerResponse, downstream: Downstream) => void {
  const kept: ServerResponse[] = [];
  return (response, { most }) => {
    if (most < reach) {
      kept.push(response);
      return;
    }
    for (const one of [...kept.splice(0), response]) setTimeout(() => one.end('ok'), 5);
  };
}

for (const [threads, limit] of [
  [4, 3],
  [0, 2],
] as const) {
  test(`never more than the limit are inside at once, in all threads together (${threads} threads)`, async () => {
    const downstream = new Downstream(slowly(limit));
    await downstream.during(async (url) => {
      await withSupervisor({ threads, dependencies: { api: { concurrency: limit } } }, async (supervisor) => {
        const { fetchThrough, fetchThroughCpu } = await load(supervisor);
        const calls = Array.from({ length: 30 }, () => [fetchThrough(url), fetchThroughCpu(url)]);
        assert.ok((await Promise.all(calls.flat())).every((text) => text === 'ok'));
      });
    });
    assert.deepEqual([downstream.most, downstream.requests], [limit, 60]);
  });
}

test('calls without a limit or a circuit just go', async () => {
  await withSupervisor({ threads: 2, dependencies: { api: { breaker: false } } }, async (supervisor) => {
    const { stayInsideIo } = await load(supervisor);
    const gate = new Gate();
    const calls = Array.from({ length: 50 }, () => stayInsideIo({ words: gate.words }));
    await gate.arrived(50);
    gate.open();
    await Promise.all(calls);
  });
});

test('failures in one thread open the circuit for all, and the downstream is left alone', async () => {
  const downstream = new Downstream((response) => response.writeHead(503).end('down'));
  await downstream.during(async (url) => {
    await withSupervisor({ threads: 4, dependencies: { api: BRITTLE } }, async (supervisor) => {
      const { fetchThroughCpu, fetchTogether } = await load(supervisor);
      const events: string[] = [];
      supervisor.on('circuit', ({ dependency, state }) => events.push(`${dependency} ${state}`));
      for (let call = 0; call < 5; call++) assert.match(String(await errorOf(fetchThroughCpu(url))), /^Error: 503/);
      const gate = new Gate();
      const together = [1, 2, 3, 4].map(() =>
        errorWithCode(fetchTogether({ url, words: gate.words }), 'PLUSTWO_CIRCUIT_OPEN'),
      );
      await gate.arrived(4);
      gate.open();
      for (const error of await Promise.all(together)) {
        assert.ok(error instanceof CircuitOpenError);
        assert.equal(error.dependency, 'api');
        assert.ok(error.retryAfterMs > 0);
      }
      assert.deepEqual(events, ['api open']);
    });
  });
  assert.equal(downstream.requests, 5);
});

test('a handler may handle the refusal of an open circuit itself', async () => {
  const downstream = new Downstream((response) => response.writeHead(500).end());
  await downstream.during(async (url) => {
    await withSupervisor({ threads: 0, dependencies: { api: BRITTLE } }, async (supervisor) => {
      const { fetchThrough, copeWithRefusal } = await load(supervisor);
      for (let call = 0; call < 5; call++) await errorOf(fetchThrough(url));
      assert.equal(await copeWithRefusal(), 'PLUSTWO_CIRCUIT_OPEN');
    });
  });
});

for (const threads of [0, 2]) {
  test(`a call that waits for its turn is given up with its task (${threads} threads)`, async () => {
    await withSupervisor({ threads, dependencies: { api: { concurrency: 1 } } }, async (supervisor) => {
      const { stayInsideIo, callAfterArrival } = await load(supervisor);
      const inside = new Gate();
      const holder = stayInsideIo({ words: inside.words });
      await inside.arrived();
      const waiting = new Gate();
      const controller = new AbortController();
      const call = callAfterArrival({ words: waiting.words }, { signal: controller.signal });
      await waiting.arrived();
      const reason = new Error('changed my mind');
      controller.abort(reason);
      assert.equal(await errorOf(call), reason);
      const next = callAfterArrival({ words: waiting.words });
      inside.open();
      await holder;
      assert.equal(await next, 'called');
    });
  });
}

test('a thread that ends inside a call gives back what it held', async () => {
  await withSupervisor({ threads: 2, dependencies: { api: { concurrency: 2 } } }, async (supervisor) => {
    const { exitInside, loopInside, stayInside } = await load(supervisor);
    for (let time = 0; time < 2; time++) await errorWithCode(exitInside(), 'PLUSTWO_THREAD_LOST');
    const looping = new Gate();
    const stop = new AbortController();
    const loops = [1, 2].map(() => errorOf(loopInside({ words: looping.words }, { signal: stop.signal, grace: 0 })));
    await looping.arrived(2);
    const reason = new Error('enough');
    stop.abort(reason);
    assert.deepEqual(await Promise.all(loops), [reason, reason]);
    const gate = new Gate();
    const calls = [1, 2].map(() => stayInside({ words: gate.words }));
    await gate.arrived(2);
    gate.open();
    await Promise.all(calls);
  });
});

test('who waits in another thread goes on when the thread that held the permit is ended', async () => {
  await withSupervisor({ threads: 2, dependencies: { api: { concurrency: 1 } } }, async (supervisor) => {
    const { loopInside, callAfterArrival } = await load(supervisor);
    const looping = new Gate();
    const stop = new AbortController();
    const loop = loopInside({ words: looping.words }, { signal: stop.signal, grace: 0 });
    await looping.arrived();
    const waiting = new Gate();
    const call = callAfterArrival({ words: waiting.words });
    await waiting.arrived();
    stop.abort(new Error('enough'));
    await assert.rejects(loop, { message: 'enough' });
    assert.equal(await call, 'called');
  });
});

test('a task that uses the dependency as a whole waits for calls inside it, and needs no second permit', async () => {
  await withSupervisor({ threads: 2, dependencies: { api: { concurrency: 1 } } }, async (supervisor) => {
    const { stayInside, useWhole } = await load(supervisor);
    const gate = new Gate();
    const holder = stayInside({ words: gate.words });
    await gate.arrived();
    const order: string[] = [];
    const whole = useWhole('used').then((text) => order.push(text));
    await errorWithCode(useWhole('never', { deadline: 50 }), 'PLUSTWO_TIMED_OUT');
    gate.open();
    await holder;
    await whole;
    assert.deepEqual(order, ['used']);
  });
});

test('the snapshot tells who is inside and who waits', async () => {
  await withSupervisor({ threads: 1, dependencies: { api: { concurrency: 1 } } }, async (supervisor) => {
    const { stayInsideIo, callAfterArrival } = await load(supervisor);
    const inside = new Gate();
    const holder = stayInsideIo({ words: inside.words });
    await inside.arrived();
    const waiting = new Gate();
    const call = callAfterArrival({ words: waiting.words });
    await waiting.arrived();
    // It arrives and stands in line in one turn of its thread; the answer to this comes from a later one.
    await supervisor.inspect();
    const { api } = supervisor.snapshot().dependencies;
    assert.deepEqual([api?.state, api?.running, api?.waiting], ['closed', 1, 1]);
    inside.open();
    await Promise.all([holder, call]);
    assert.deepEqual([supervisor.snapshot().dependencies.api?.running], [0]);
  });
});

test('a dependency that does not exist is named together with those that do', async () => {
  await withSupervisor({ threads: 1, dependencies: { api: {}, mail: {} } }, async (supervisor) => {
    const { callUnknown } = await load(supervisor);
    const error = await errorWithCode(callUnknown('ap'), 'PLUSTWO_BAD_OPTION');
    assert.match(error.message, /got "ap"; .* names api, mail$/);
  });
});
