import assert from 'node:assert/strict';
import test from 'node:test';

interface Service {
  readonly queue: number;
  call(steps: number): Promise<unknown>;
  isRefusal(error: unknown): boolean;
  close(): Promise<unknown>;
}

interface Served {
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly refused: number;
  readonly refusalMs: number;
}

/** What is compiled beside the tests, in a project of its own. */
const { capacityOf, offer } = (await import(
  new URL('../../../benchmarks/overload/offer.js', import.meta.url).href
)) as {
  capacityOf: (service: Service, load: object) => Promise<number>;
  offer: (service: Service, load: object) => Promise<Served>;
};

const LOAD = { perSecond: 2_000, seconds: 0.2, steps: 7, answer: 'done' };
const FULL = new Error('full');

function serviceOf(call: Service['call']): Service {
  return { queue: 1, call, isRefusal: (error) => error === FULL, close: () => Promise.resolve() };
}

test('sends as many requests as are due, and tells answers from refusals', async () => {
  let sent = 0;
  const service = serviceOf((steps) => {
    assert.equal(steps, 7);
    return sent++ % 4 === 0 ? Promise.resolve('done') : Promise.reject(FULL);
  });
  const served = await offer(service, LOAD);
  // Two thousand a second for a fifth of one; times are fractions, and may be rounded up.
  assert.ok(sent === 400 || sent === 401, `${sent} sent`);
  assert.ok(Math.abs(served.refused * sent - (3 * sent) / 4) <= 1, `${served.refused} of ${sent} refused`);
  // An answer that comes behind the end, as on a busy machine, is none within the time.
  assert.ok(served.perSecond * LOAD.seconds <= 101.5, `${served.perSecond} per second`);
  assert.ok(served.refusalMs >= 0);
});

test('a request that is never answered counts with its age', async () => {
  const served = await offer(
    serviceOf(() => new Promise(() => undefined)),
    LOAD,
  );
  assert.equal(served.perSecond, 0);
  assert.ok(served.p50Ms >= 50 && served.p99Ms <= 201, `${served.p50Ms} to ${served.p99Ms} ms`);
});

test('a wrong answer, or an error that is no refusal, fails the measurement', async () => {
  await assert.rejects(
    offer(
      serviceOf(() => Promise.resolve('wrong')),
      LOAD,
    ),
    /wrong is not the answer/,
  );
  await assert.rejects(
    offer(
      serviceOf(() => Promise.reject(new RangeError('broken'))),
      LOAD,
    ),
    RangeError,
  );
  const short = { ...LOAD, outstanding: 2 };
  await assert.rejects(
    capacityOf(
      serviceOf(() => Promise.resolve('wrong')),
      short,
    ),
    /wrong is not the answer/,
  );
});

test('the capacity is what a few clients get who never wait long', async () => {
  let running = 0;
  let most = 0;
  const service = serviceOf(async () => {
    most = Math.max(most, ++running);
    await new Promise((resolve) => setImmediate(resolve));
    running--;
    return 'done';
  });
  assert.ok((await capacityOf(service, { ...LOAD, outstanding: 3 })) > 0);
  assert.equal(most, 3);
});
