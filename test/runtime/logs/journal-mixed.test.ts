// Tasks that say much and end in all ways, side by side: every line is in the files once, whole, in its place, and its own task's.
import assert from 'node:assert/strict';
import test from 'node:test';
import type { Babbling } from '../../fixtures/handlers/babbles.js';
import { Chance } from '../../simulation/seeded.js';
import { babbleAt, isWhole } from '../../support/babble.js';
import { fixture } from '../../support/fixture.js';
import { eventsOf, type ReadRecord } from '../../support/records-in.js';
import { withLogs } from '../../support/with-logs.js';

type Babbles = typeof import('../../fixtures/handlers/babbles.js');

const TASKS = 200;
const SIDE_BY_SIDE = 40;

function babblingOf(chance: Chance, id: number): Babbling {
  const end = chance.pick([...Array<'return'>(40).fill('return'), 'throw', 'throw', 'exit'] as const);
  return { id, lines: Math.floor(chance.whole(0, 20) ** 2 / 2), end };
}

/** What is wrong with the lines of a run: their texts, their places, or how many there are. */
function wrongsOf(records: readonly ReadRecord[], said: ReadonlyMap<number, number>): string[] {
  const wrongs: string[] = [];
  const next = new Map<unknown, number>();
  const lines = records.filter((record) => record['event_name'] === undefined && record['task.id'] !== undefined);
  for (const record of lines) {
    const id = Number(record['task.id']);
    const seq = Number(record['log.seq']);
    const body = String(record['body']);
    if (seq !== (next.get(id) ?? 0)) wrongs.push(`line ${seq} of task ${id} after ${(next.get(id) ?? 0) - 1}`);
    if (!isWhole(body) || body !== babbleAt(id, seq)) wrongs.push(`task ${id}: ${body.slice(0, 80)}`);
    next.set(id, seq + 1);
  }
  for (const [id, count] of said)
    if ((next.get(id) ?? 0) !== count) wrongs.push(`${next.get(id) ?? 0} lines of task ${id}, not ${count}`);
  return wrongs;
}

for (const isolation of ['thread', 'process'] as const) {
  test(`whatever ends tasks that run side by side, all they said is there as they said it (isolation: ${isolation})`, async (t) => {
    const chance = new Chance(isolation.length);
    const said = new Map<number, number>();
    const restart = { intensity: TASKS };
    const { app } = await withLogs(
      t,
      { isolation, threads: 3, restart, logs: { noise: false } },
      async (supervisor) => {
        const { babble } = await supervisor.load<Babbles>(fixture('babbles'));
        let id = 0;
        const lane = async (): Promise<void> => {
          while (id < TASKS) {
            const babbling = babblingOf(chance, ++id);
            said.set(babbling.id, babbling.lines);
            await babble(babbling).catch(() => undefined);
          }
        };
        await Promise.all(Array.from({ length: SIDE_BY_SIDE }, lane));
      },
    );
    assert.deepEqual(eventsOf(app, 'log.dropped'), []);
    assert.deepEqual(wrongsOf(app, said), []);
    assert.equal(eventsOf(app, 'task.ended').length, TASKS);
  });
}
