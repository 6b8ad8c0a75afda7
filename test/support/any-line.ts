import fc from 'fast-check';
import type { LogLine } from '../../runtime/logs/log-line.js';
import type { LineMarks } from '../../runtime/logs/record.js';

/** Any sequence of UTF-16 units: halves of characters, controls, quotes, line separators. */
export const anyText = fc.oneof(
  fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 40 }).map((units) => String.fromCharCode(...units)),
  fc.constantFrom('', '"', '\\', '\n', '\u0000', '\u2028', '\ud800', 'a\udc00', '\u007f', '😀', '__proto__', '{"a":1}'),
);
const optional = <Value>(value: fc.Arbitrary<Value>) => fc.option(value, { nil: undefined });
const small = fc.integer({ min: 0, max: 300 });
/** Milliseconds since the epoch. */
export const moment = fc.integer({ min: 0, max: 4_000_000_000_000 });
const fields = fc
  .dictionary(fc.oneof(anyText, fc.constantFrom('__proto__', 'constructor', 'task.id')), fc.jsonValue(), { maxKeys: 4 })
  .map((value) => JSON.stringify(value));

/** A line with anything in it, be it of a task or of nobody. */
export const anyLine: fc.Arbitrary<LogLine> = fc.record({
  at: moment,
  slot: fc.nat(3),
  generation: fc.integer({ min: 1, max: 2 }),
  source: fc.constantFrom('stdout', 'stderr', 'log'),
  level: fc.constantFrom('debug', 'info', 'warn', 'error'),
  text: anyText,
  fields: optional(fields),
  taskId: optional(small),
  taskName: optional(fc.oneof(anyText, fc.constantFrom('resize', 'hash'))),
  attempt: fc.nat(2),
  seq: fc.nat(),
  isPartial: fc.boolean(),
  isBinary: fc.boolean(),
  isLate: fc.boolean(),
  traceId: optional(fc.constantFrom('4bf92f3577b34da6a3ce929d0e0e4736', '"')),
  spanId: optional(fc.constantFrom('00f067aa0ba902b7', '00f067aa0ba902b8')),
});
/** What may be known of it beside. */
export const anyMarks: fc.Arbitrary<LineMarks> = fc.record(
  { rule: optional(anyText), alarm: fc.boolean(), incident: optional(anyText) },
  { requiredKeys: [] },
);
