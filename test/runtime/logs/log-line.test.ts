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

test('what a task logs under a name that tells whose its line is comes to the logger under `fields`', () => {
  const logged = (own: object, more: Partial<LogLine> = {}): Record<string, unknown> =>
    loggerFields({ ...LINE, source: 'log', fields: JSON.stringify(own), ...more });
  const taken = { task: 'invoice', taskId: 'a7', attempt: 3, stream: 'stdout' };
  assert.deepEqual(logged({ sum: 3, ...taken }), { sum: 3, ...WHOSE, fields: taken });
  assert.deepEqual(logged({ task: 'invoice', fields: 7 }), { ...WHOSE, fields: { task: 'invoice', fields: 7 } });
  assert.deepEqual(logged({ fields: 7 }), { ...WHOSE, fields: 7 }, 'a name of its own where nothing else is there');
  assert.deepEqual(logged({ attempt: 1, sum: 3 }), { ...WHOSE, sum: 3 }, 'what is the same is not said twice');
  const own = { trace_id: 'own', span_id: 'too' };
  assert.deepEqual(logged(own), { ...own, ...WHOSE }, 'without a trace of the caller these are free');
  const traced = { traceId: 't', spanId: 's' };
  assert.deepEqual(logged(own, traced), { ...WHOSE, trace_id: 't', span_id: 's', fields: own });
});
