import assert from 'node:assert/strict';
import test from 'node:test';
import { Feed } from '../../../cli/inputs/feed.js';
import { InputError, type Inputs } from '../../../cli/inputs/inputs.js';
import { collect } from '../support/pieces.js';

/** Inputs that note whether they were closed. */
function inputsOf(items: Inputs['items'], total?: number): Inputs & { closed: number } {
  const inputs = { items, total: () => total, closed: 0, close: () => inputs.closed++ };
  return inputs;
}

test('items are handed out and counted, from a list as from a stream', async () => {
  async function* stream(): AsyncGenerator<string> {
    yield* ['a', 'b'];
  }
  for (const items of [['a', 'b'], stream()]) {
    const inputs = inputsOf(items);
    const feed = new Feed(inputs);
    assert.equal(feed.total, undefined);
    assert.deepEqual(await collect(feed), ['a', 'b']);
    assert.equal(feed.taken, 2);
    assert.equal(feed.total, 2);
    assert.equal(inputs.closed, 1);
  }
});

test('a total that the inputs know is known before the end', () => {
  assert.equal(new Feed(inputsOf(['a', 'b'], 2)).total, 2);
});

test('stop ends the feed and closes the inputs, once', async () => {
  const inputs = inputsOf(['a', 'b', 'c']);
  const feed = new Feed(inputs);
  await feed.next();
  feed.stop();
  feed.stop();
  assert.deepEqual(await feed.next(), { done: true, value: undefined });
  assert.equal(feed.taken, 1);
  assert.equal(feed.total, undefined);
  assert.equal(inputs.closed, 1);
});

test('stop ends a read that waits for a silent source, and what arrives later is dropped', async () => {
  let arrive!: (item: string) => void;
  async function* silent(): AsyncGenerator<string> {
    yield await new Promise<string>((resolve) => {
      arrive = resolve;
    });
  }
  const feed = new Feed(inputsOf(silent()));
  const read = feed.next();
  feed.stop();
  assert.deepEqual(await read, { done: true, value: undefined });
  arrive('late');
  assert.equal(feed.taken, 0);
});

test('a source that breaks ends like an empty one and tells why', async () => {
  const broken = new InputError('in.ndjson:2: not JSON');
  async function* source(): AsyncGenerator<number> {
    yield 1;
    throw broken;
  }
  const feed = new Feed(inputsOf(source()));
  assert.deepEqual(await collect(feed), [1]);
  assert.equal(feed.failure, broken);
  assert.equal(feed.total, undefined);
});

test('an error that is no fault of the inputs is thrown on', async () => {
  async function* source(): AsyncGenerator<number> {
    throw new TypeError('our bug');
  }
  await assert.rejects(new Feed(inputsOf(source())).next(), /our bug/);
});

test('a source that fails because it was closed has not failed', async () => {
  let fail!: (error: Error) => void;
  async function* source(): AsyncGenerator<number> {
    yield await new Promise<number>((_resolve, reject) => {
      fail = reject;
    });
  }
  const feed = new Feed(inputsOf(source()));
  const read = feed.next();
  feed.stop();
  fail(new InputError('premature close'));
  await read;
  assert.equal(feed.failure, undefined);
});

test('leaving a loop over the feed early stops it', async () => {
  const inputs = inputsOf(['a', 'b']);
  for await (const _item of new Feed(inputs)) break;
  assert.equal(inputs.closed, 1);
});
