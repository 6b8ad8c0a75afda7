import assert from 'node:assert/strict';
import test from 'node:test';
import { basePlan } from '../../../runtime/call-options.js';
import { ByteReader } from '../../../runtime/process/byte-reader.js';
import { ByteWriter } from '../../../runtime/process/byte-writer.js';
import { plainOf, TaskPacker, TaskUnpacker } from '../../../runtime/process/task-records.js';
import type { HostedTask } from '../../../runtime/process/wire.js';

const PLAN = { ...basePlan({ kind: 'cpu', grace: 1_000 }), timeout: 500, args: { value: { deep: [1] } } };

function task(id: number, more: Partial<HostedTask> = {}): HostedTask {
  return { id, type: 3, input: id, attemptsStarted: 0, plan: undefined, progress: false, waitedMs: 0.25, ...more };
}

/** Packs tasks; the answer is how long each record is. */
function pack(packer: TaskPacker, writer: ByteWriter, ...tasks: HostedTask[]): number[] {
  return tasks.map((one) => {
    let length = 0;
    packer.add(one, {
      record: (write, item) => {
        const before = writer.length;
        write(writer, item);
        length = writer.length - before;
      },
    });
    return length;
  });
}

function unpack(unpacker: TaskUnpacker, writer: ByteWriter): HostedTask[] {
  const reader = new ByteReader(writer.written());
  const tasks: HostedTask[] = [];
  while (!reader.isAtEnd) tasks.push(unpacker.unpack(reader));
  return tasks;
}

test('tasks arrive as they were sent, however large their numbers', () => {
  const sent = [
    task(1),
    task(2 ** 40, { type: 70_000, input: { list: [1, 2] } }),
    task(3, { attemptsStarted: 300, progress: true, input: undefined }),
    task(4, { waitedMs: 86_400_000.5, input: 'text' }),
  ];
  const writer = new ByteWriter();
  pack(new TaskPacker(), writer, ...sent);
  assert.deepEqual(unpack(new TaskUnpacker(), writer), sent);
});

test('tasks with one plan share one telling of it, and get one object; another plan is told anew', () => {
  const other = { ...PLAN, timeout: 600 };
  const writer = new ByteWriter();
  const lengths = pack(
    new TaskPacker(),
    writer,
    task(1, { plan: PLAN }),
    task(2, { plan: PLAN }),
    task(3),
    task(4, { plan: PLAN }),
    task(5, { plan: other }),
    task(6, { plan: PLAN }),
  );
  const [first = 0, again = 0, plain = 0, later = 0, changed = 0, back = 0] = lengths;
  assert.ok(first > again + 50 && changed > again + 50 && back > again + 50, String(lengths));
  assert.deepEqual([again, later], [plain, plain]);
  const came = unpack(new TaskUnpacker(), writer);
  assert.deepEqual(
    came.map(({ plan }) => plan?.timeout),
    [500, 500, undefined, 500, 600, 500],
  );
  assert.equal(came[0]?.plan, came[3]?.plan);
  assert.deepEqual(came[0]?.plan, plainOf(PLAN));
});

test('what is not plain in a plan stays behind', () => {
  const controller = new AbortController();
  const plan = { ...PLAN, signal: controller.signal, onProgress: () => undefined };
  const writer = new ByteWriter();
  pack(new TaskPacker(), writer, task(1, { plan }));
  assert.deepEqual(unpack(new TaskUnpacker(), writer)[0]?.plan, plainOf(PLAN));
});

test('a task that is refused is not told, and the plan it would have brought is told with the next', () => {
  const packer = new TaskPacker();
  const writer = new ByteWriter();
  assert.throws(() => pack(packer, writer, task(1, { plan: PLAN, input: () => 1 })));
  const bad = { ...PLAN, args: { value: () => 1 } };
  assert.throws(() => pack(packer, writer, task(2, { plan: bad })));
  assert.equal(writer.length, 0);
  pack(packer, writer, task(3, { plan: PLAN }));
  assert.equal(unpack(new TaskUnpacker(), writer)[0]?.plan?.timeout, 500);
});

test('an input whose getter sends another task does not mix up the two', () => {
  const packer = new TaskPacker();
  const writer = new ByteWriter();
  const input = {
    get nested() {
      pack(packer, writer, task(2));
      return 'outer';
    },
  };
  pack(packer, writer, task(1, { input }));
  assert.deepEqual(
    unpack(new TaskUnpacker(), writer).map(({ id, input: came }) => [id, came]),
    [
      [2, 2],
      [1, { nested: 'outer' }],
    ],
  );
});
