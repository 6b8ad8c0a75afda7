import assert from 'node:assert/strict';
import test from 'node:test';
import { DroppedLogs } from '../../../cli/commands/dropped-logs.js';
import type { LogSink } from '../../../runtime/index.js';

test('everything is handed on, and lines that were dropped are counted, and records that were lost', () => {
  const heard: unknown[] = [];
  const at =
    (level: string): LogSink['info'] =>
    (message, fields) => {
      heard.push([level, message, fields]);
    };
  const dropped = new DroppedLogs();
  const sink = dropped.before({ debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') });
  const figures = { slot: 0, generation: 1, count: 7, bytes: 700 };
  const own = { task: 'resize', taskId: 1, attempt: 1, ...figures };
  const said = [
    ['debug', 'a', own],
    ['info', 'b', {}],
    ['warn', 'dropped', figures],
    ['warn', 'c', own],
    ['error', 'd', own],
    ['warn', 'dropped', { ...figures, slot: 1, count: 30 }],
    ['error', 'fault', { sink: 'app', kind: 'fault', held: 3, dropped: 2 }],
    ['warn', 'works again', { sink: 'app', kind: 'recovered', dropped: 5 }],
    ['error', 'closed', { sink: 'app', kind: 'lost', dropped: 3 }],
    ['warn', 'e', { ...own, sink: 'app', kind: 'lost', dropped: 3 }],
  ] as const;
  for (const [level, message, fields] of said) sink[level](message, fields);
  assert.deepEqual(heard, said);
  assert.deepEqual([dropped.count, dropped.lost], [37, 8]);
});
