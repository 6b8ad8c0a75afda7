// What holds for any stream of lines, under any clock.
import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { isAlarming } from '../../../runtime/logs/alarm-words.js';
import type { GateLine, GateNote } from '../../../runtime/logs/gate-note.js';
import { Mask, textOfMask } from '../../../runtime/logs/mask.js';
import { GATE_TERMS, NoiseGate } from '../../../runtime/logs/noise-gate.js';
import type { NoiseRule } from '../../../runtime/logs/noise-rules.js';
import { copyOf } from '../../support/copy-of.js';

type Step =
  | { readonly do: 'judge'; readonly line: GateLine; readonly times: number }
  | { readonly do: 'pass'; readonly ms: number }
  | { readonly do: 'due' }
  | { readonly do: 'close' };

const RULES: readonly NoiseRule[] = [
  { name: 'even', pattern: /[02468]$/, logger: 'b' },
  ...GATE_TERMS.rules,
  { name: 'warnings', pattern: /^slow/g, level: 'warn' },
];

const text = fc
  .tuple(
    fc.constantFrom('took', 'slow', 'heartbeat', 'cache hit', 'status:', 'failed', 'no errors', 'x'.repeat(450), ''),
    fc.constantFrom(
      '',
      ' 1',
      ' 20',
      ' 404',
      ' b9000564-fe1a-409b-b8cc-1e88b294cd1d',
      ' é',
      ' a',
      ' b',
      ' c',
      ' d failed',
    ),
  )
  .map((parts) => parts.join(''));
const line: fc.Arbitrary<GateLine> = fc.record({
  level: fc.constantFrom('debug', 'info', 'info', 'info', 'warn', 'error'),
  taskName: fc.constantFrom('a', 'b'),
  text,
  fields: fc.constantFrom(undefined, undefined, '{"status":200}', '{"status":500}'),
});
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({ do: fc.constant('judge' as const), line, times: fc.integer({ min: 1, max: 30 }) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('pass' as const),
      ms: fc.constantFrom(1, 500, 900, 1_000, 1_001, 30_000, 1e9),
    }),
  },
  // The clock is set back.
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('pass' as const), ms: fc.constantFrom(-1, -999, -1_001, -1e9) }),
  },
  { weight: 2, arbitrary: fc.constant<Step>({ do: 'due' }) },
  { weight: 1, arbitrary: fc.constant<Step>({ do: 'close' }) },
);
const stream = fc.record({ steps: fc.array(step, { maxLength: 60 }), mostKinds: fc.constantFrom(1, 2, 4, 4096) });

interface Ran {
  readonly lines: number;
  readonly kept: readonly GateLine[];
  readonly dropped: readonly GateLine[];
  readonly notes: readonly GateNote<GateLine>[];
}

/** Every line judged is a new object, so what comes back can be told apart. */
function ran({ steps, mostKinds }: { steps: readonly Step[]; mostKinds: number }, check?: (ran: Ran) => void): Ran {
  const gate = new NoiseGate<GateLine>({ ...GATE_TERMS, rules: RULES, windowMs: 1_000, mostKinds });
  const all = { lines: 0, kept: [] as GateLine[], dropped: [] as GateLine[], notes: [] as GateNote<GateLine>[] };
  let now = 1e12;
  for (const one of steps) {
    if (one.do === 'pass') now += one.ms;
    else if (one.do === 'due') all.notes.push(...gate.due(now));
    else if (one.do === 'close') all.notes.push(...gate.close(now));
    else {
      for (let at = 0; at < one.times; at++) {
        const judged = { ...one.line };
        all.lines++;
        (gate.judge(judged, now).keep ? all.kept : all.dropped).push(judged);
        if (check !== undefined) check(all);
      }
    }
  }
  all.notes.push(...gate.close(now));
  assert.deepEqual(gate.close(now), [], 'nothing is said twice');
  assert.equal(gate.nextDue(), undefined);
  return all;
}

const countedBy = (notes: readonly GateNote<GateLine>[]) =>
  notes.reduce((sum, note) => sum + (note.type === 'suppressed' ? note.count : 0), 0);
const givenBack = (notes: readonly GateNote<GateLine>[]) =>
  notes.flatMap((note) => (note.type === 'line' ? note.line : []));

test('kept and counted are the lines that came in', () => {
  fc.assert(
    fc.property(stream, (given) => {
      const { lines, kept, notes } = ran(given);
      assert.equal(kept.length + givenBack(notes).length + countedBy(notes), lines);
    }),
    { numRuns: 500 },
  );
});

test('a line that is given back was dropped, and is given back once', () => {
  fc.assert(
    fc.property(stream, (given) => {
      const { dropped, notes } = ran(given);
      const back = givenBack(notes);
      assert.equal(new Set(back).size, back.length);
      for (const one of back) assert.ok(dropped.includes(one));
    }),
    { numRuns: 200 },
  );
});

test('no error and no alarm is ever dropped', () => {
  fc.assert(
    fc.property(stream, (given) => {
      for (const { level, text, fields } of ran(given).dropped) {
        assert.notEqual(level, 'error');
        assert.ok(!isAlarming(text), text);
        assert.ok(fields === undefined || !isAlarming(fields), fields);
      }
    }),
    { numRuns: 500 },
  );
});

test('no line is dropped whose kind was not kept before', () => {
  const mask = new Mask();
  const kindOf = ({ level, taskName, text }: GateLine) => {
    mask.read(text, 1);
    return `${level}|${taskName}|${Buffer.byteLength(text) > 400}|${textOfMask(copyOf(mask))}`;
  };
  fc.assert(
    fc.property(stream, (given) => {
      const known = new Set<string>();
      ran(given, ({ kept, dropped }) => {
        const [lastKept, lastDropped] = [kept.at(-1), dropped.at(-1)];
        if (lastKept !== undefined) known.add(kindOf(lastKept));
        if (lastDropped !== undefined) assert.ok(known.has(kindOf(lastDropped)), lastDropped.text);
      });
    }),
    { numRuns: 200 },
  );
});

test('what is counted is said when it is due, by whoever asks at that time', () => {
  const kinds = fc.array(fc.record({ line, times: fc.integer({ min: 1, max: 40 }) }), { minLength: 1, maxLength: 20 });
  fc.assert(
    fc.property(kinds, (given) => {
      const gate = new NoiseGate<GateLine>(GATE_TERMS);
      let lines = 0;
      for (const { line, times } of given)
        for (let at = 0; at < times; at++) if (!gate.judge(line, 5_000).keep) lines++;
      const due = gate.nextDue();
      assert.equal(due, lines > 0 ? 5_000 + GATE_TERMS.windowMs : undefined);
      if (due === undefined) return;
      assert.deepEqual(gate.due(due - 1), []);
      const notes = gate.due(due);
      assert.equal(countedBy(notes) + givenBack(notes).length, lines);
    }),
    { numRuns: 300 },
  );
});

/** A record as it is written to a file, as large as those get. */
function recordOf({ level, taskName, text }: GateLine): string {
  return `${JSON.stringify({
    timestamp: '2026-11-21T21:03:00.123Z',
    severity_text: level.toUpperCase(),
    severity_number: 9,
    body: text,
    'service.instance.id': 'abcdefgh',
    'task.id': 1,
    'task.name': taskName,
    'task.attempt': 1,
    'thread.slot': 1,
    'thread.generation': 1,
    'process.pid': 1,
    'log.iostream': 'stdout',
    'log.seq': 1,
  })}\n`;
}

function summaryOf(note: GateNote<GateLine>): string {
  if (note.type === 'line') return recordOf(note.line);
  if (note.type !== 'suppressed') return '';
  const { count, rule, kind, level, taskName, windowMs } = note;
  const what = rule === undefined ? '' : ` of ${rule}`;
  return `${JSON.stringify({
    timestamp: '2026-11-21T21:03:00.123Z',
    severity_text: level.toUpperCase(),
    severity_number: 9,
    body: `suppressed ${count.toLocaleString('en-US')} lines${what} in ${windowMs / 1_000} s`,
    event_name: 'log.suppressed',
    'service.instance.id': 'abcdefgh',
    'task.name': taskName,
    'log.rule': rule,
    'suppressed.count': count,
    'suppressed.rule': rule,
    'suppressed.kind': kind,
    'suppressed.window_ms': windowMs,
  })}\n`;
}

test('a log never grows: summaries are smaller than the lines they stand for, however short these are', () => {
  const short = fc.record({
    level: fc.constantFrom('debug' as const, 'info' as const, 'warn' as const),
    taskName: fc.constantFrom('a', 'images'),
    text: fc.oneof(
      fc.string({ maxLength: 12 }),
      fc.constantFrom('', 'ping', 'heartbeat', '\u001b[32mok\u001b[0m', '"""', '漢字'),
      text,
    ),
  });
  const bursts = fc.array(fc.tuple(short, fc.integer({ min: 1, max: 24 }), fc.constantFrom(0, 10, 60_000)), {
    maxLength: 40,
  });
  fc.assert(
    fc.property(bursts, (given) => {
      const gate = new NoiseGate<GateLine>(GATE_TERMS);
      const size = (record: string) => Buffer.byteLength(record);
      let [now, before, after] = [0, 0, 0];
      const say = (notes: readonly GateNote<GateLine>[]) => {
        for (const note of notes) after += size(summaryOf(note));
      };
      for (const [line, times, ms] of given) {
        now += ms;
        say(gate.due(now));
        for (let at = 0; at < times; at++) {
          before += size(recordOf(line));
          if (gate.judge(line, now).keep) after += size(recordOf(line));
        }
      }
      say(gate.close(now));
      assert.ok(after <= before, `${before} bytes became ${after}`);
    }),
    { numRuns: 500 },
  );
});

test('a log of many kinds, few of each, does not grow either', () => {
  const gate = new NoiseGate<GateLine>(GATE_TERMS);
  let [before, after] = [0, 0];
  for (let window = 0; window < 20; window++) {
    const now = window * 60_000;
    for (const note of gate.due(now)) after += summaryOf(note).length;
    for (let kind = 0; kind < 100; kind++) {
      const line: GateLine = {
        level: 'info',
        taskName: 'a',
        text: `k${'abcdefghij'[kind % 10]}${'klmnopqrst'[Math.floor(kind / 10)]}`,
      };
      for (let at = 0; at < 7; at++) {
        before += recordOf(line).length;
        if (gate.judge(line, now).keep) after += recordOf(line).length;
      }
    }
  }
  for (const note of gate.close(20 * 60_000)) after += summaryOf(note).length;
  assert.ok(after < before, `${before} bytes became ${after}`);
});
