import assert from 'node:assert/strict';
import test from 'node:test';
import { KeptLines } from '../../../runtime/logs/kept-lines.js';
import { type KeptRun, LineRun } from '../../../runtime/logs/line-run.js';
import type { Lines, ReadLine } from '../../../runtime/logs/read-line.js';
import { RingReader } from '../../../runtime/logs/ring-reader.js';
import { LogRing } from '../../../workers/log-ring.js';
import { Chance } from '../../simulation/seeded.js';
import { copiesOf, entriesOf, textsOf } from '../../support/read-line.js';
import { ringLine, ringMemory } from '../../support/ring-line.js';

const THREAD = { slot: 0, generation: 0 };
const MOST_RUN_BYTES = 8_192;

/** Keeps runs of what it is given, as an incident log does. */
class Keeper {
  readonly runs: KeptRun[] = [];
  readonly #run = new LineRun();

  read(lines: Lines, after: () => void = () => undefined): void {
    lines.drain((line: ReadLine) => {
      if (!this.#run.extend(line)) {
        this.#part();
        this.#run.begin(line, line.taskId ?? 0);
      }
      after();
    }, this.#part);
  }

  textsOf(taskId: number): string[] {
    const own = this.runs.filter((run) => run.taskId === taskId);
    const texts = own.map(({ entries }) => textsOf(new KeptLines([entries])));
    assert.deepEqual(
      texts.map(({ length }) => length),
      own.map(({ count }) => count),
    );
    return texts.flat();
  }

  readonly #part = (): void => {
    const run = this.#run.take();
    if (run !== undefined) this.runs.push(run);
  };
}

function ringOf(bytes?: number): { ring: LogRing; reader: RingReader } {
  const memory = ringMemory(bytes);
  return { ring: new LogRing(memory, THREAD, () => undefined), reader: new RingReader(memory) };
}

test('lines of one task that follow each other are one run, and those of another end it', () => {
  const { ring, reader } = ringOf();
  for (const [seq, taskId] of [1, 1, 1, 2, 1, 1].entries()) ring.write(ringLine({ taskId, seq, text: `${seq}` }));
  const keeper = new Keeper();
  keeper.read(reader);
  assert.deepEqual(
    keeper.runs.map(({ taskId, count }) => [taskId, count]),
    [
      [1, 3],
      [2, 1],
      [1, 2],
    ],
  );
  assert.deepEqual(keeper.textsOf(1), ['0', '1', '2', '4', '5']);
});

test('no run is longer than what is forgotten as a whole, unless a single line is', () => {
  const { ring, reader } = ringOf();
  const lengths = [4_000, 4_000, 100, 20_000, 10];
  for (const [seq, length] of lengths.entries()) ring.write(ringLine({ seq, text: 'x'.repeat(length) }));
  const keeper = new Keeper();
  keeper.read(reader);
  for (const { entries, count } of keeper.runs) assert.ok(count === 1 || entries.length <= MOST_RUN_BYTES);
  assert.deepEqual(
    keeper.textsOf(7).map(({ length }) => length),
    lengths,
  );
});

test('whoever writes into the room that has become free while it is read writes over nothing that is not kept', () => {
  const chance = new Chance(5);
  const { ring, reader } = ringOf(2 ** 14);
  const keeper = new Keeper();
  const written: string[][] = [[], [], []];
  let seq = 0;
  const writeSome = (): void => {
    for (let more = chance.whole(0, 40); more > 0; more--) {
      const taskId = chance.whole(0, 12) === 0 ? 2 : 1;
      const text = `${++seq} `.padEnd(chance.whole(1, 300), String.fromCharCode(97 + (seq % 26)));
      if (ring.write(ringLine({ taskId, seq, text }))) written[taskId]?.push(text);
    }
  };
  for (let round = 0; round < 500; round++) {
    writeSome();
    keeper.read(reader, writeSome);
  }
  keeper.read(reader);
  assert.ok(seq > 50_000 && keeper.runs.some(({ count }) => count > 8));
  assert.deepEqual(keeper.textsOf(1), written[1]);
  assert.deepEqual(keeper.textsOf(2), written[2]);
});

test('kept lines, some of them in one, are read as they came, and those of one task are one run again', () => {
  const { ring, reader } = ringOf();
  const texts = Array.from({ length: 90 }, (_, seq) => `${seq} `.padEnd(seq % 30 === 29 ? 20_000 : 150, 'é'));
  for (const [seq, text] of texts.entries()) ring.write(ringLine({ seq, text }));
  const entries = entriesOf(reader);
  const together = [entries.slice(0, 5).join(''), ...entries.slice(5, 70), entries.slice(70).join('')];
  assert.deepEqual(textsOf(new KeptLines(together)), texts);
  assert.deepEqual(
    copiesOf(new KeptLines(together)).map(({ seq }) => seq),
    [...texts.keys()],
  );
  const keeper = new Keeper();
  keeper.read(new KeptLines(together));
  assert.deepEqual(keeper.textsOf(7), texts);
  assert.ok(keeper.runs.length < 20, `${keeper.runs.length} runs`);
});
