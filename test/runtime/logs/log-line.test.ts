import assert from 'node:assert/strict';
import test from 'node:test';
import { type LogLine, loggerFields } from '../../../runtime/logs/log-line.js';

const LINE: LogLine = {
  at: 0,
  slot: 0,
  generation: 1,
  source: 'stderr',
  level: 'warn',
  text: 'a',
  fields: undefined,
  taskId: 7,
  taskName: 'resize',
  attempt: 1,
  seq: 0,
  isPartial: false,
  isLate: false,
  isBinary: false,
  traceId: undefined,
  spanId: undefined,
};
const WHOSE = { task: 'resize', taskId: 7, attempt: 1 };

test('a logger is told whose a line is, and the trace of its caller if there is one', () => {
  assert.deepEqual(loggerFields(LINE), { ...WHOSE, stream: 'stderr' });
  const traced = { ...LINE, source: 'log', fields: '{"width":320}', traceId: 't', spanId: 's' } as const;
  assert.deepEqual(loggerFields(traced), { width: 320, ...WHOSE, trace_id: 't', span_id: 's' });
});
