import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import test from 'node:test';
import { collectGrowth } from '../../../cli/commands/collect-growth.js';
import type { Growth } from '../../../cli/commands/run-report.js';
import type { Supervisor } from '../../../runtime/index.js';

function collect() {
  const supervisor = new EventEmitter();
  const growth = collectGrowth(supervisor as unknown as Supervisor);
  const tell = (more: Partial<Growth> = {}): void => {
    const found = {
      slot: 0,
      generation: 1,
      where: 'heap',
      task: 'resize',
      bytesPerTask: 2000,
      retainedBytes: 2e6,
      tasks: 1000,
    };
    supervisor.emit('growth', { ...found, ...more });
  };
  return { growth, tell };
}

test('the last finding of each task in each slot stands', () => {
  const { growth, tell } = collect();
  tell();
  tell({ bytesPerTask: 2100, generation: 2 });
  tell({ slot: 1 });
  tell({ task: 'parse' });
  tell({ where: 'external' });
  assert.deepEqual(
    growth().map(({ slot, task, where, bytesPerTask }) => [slot, task, where, bytesPerTask]),
    [
      [0, 'resize', 'heap', 2100],
      [1, 'resize', 'heap', 2000],
      [0, 'parse', 'heap', 2000],
      [0, 'resize', 'external', 2000],
    ],
  );
});

test('what is taken back is gone, unless it was another task’s or another thread’s', () => {
  const { growth, tell } = collect();
  tell();
  tell({ task: null });
  tell({ task: 'parse' });
  tell({ slot: 1, generation: 4 });
  tell({ bytesPerTask: 0 });
  tell({ bytesPerTask: 0, slot: 1, generation: 5 });
  assert.deepEqual(
    growth().map(({ slot, task }) => [slot, task]),
    [
      [0, 'parse'],
      [1, 'resize'],
    ],
  );
});
