import assert from 'node:assert/strict';
import test from 'node:test';
import type { GateLine } from '../../../runtime/logs/gate-note.js';
import { GATE_TERMS, type GateTerms, NoiseGate } from '../../../runtime/logs/noise-gate.js';

const MINUTE = 60_000;
const BEGIN = 1_000_000;

const gateOf = (terms: Partial<GateTerms> = {}) => new NoiseGate<GateLine>({ ...GATE_TERMS, ...terms });
const lineOf = (text: string, level: GateLine['level'] = 'info', taskName = 'images'): GateLine => ({
  level,
  taskName,
  text,
});

/** How many of so many lines are kept. */
function kept(
  gate: NoiseGate<GateLine>,
  count: number,
  text: (at: number) => string,
  level: GateLine['level'] = 'info',
) {
  let sum = 0;
  for (let at = 0; at < count; at++) if (gate.judge(lineOf(text(at), level), BEGIN).keep) sum++;
  return sum;
}

test('keeps the first five of a kind, twenty of a warning, and says how many more there were', () => {
  const gate = gateOf();
  assert.equal(
    kept(gate, 100, (at) => `took ${at} ms`),
    5,
  );
  assert.equal(
    kept(gate, 100, (at) => `took ${at} ms`, 'debug'),
    5,
  );
  assert.equal(
    kept(gate, 100, (at) => `took ${at} ms`, 'warn'),
    20,
  );
  const suppressed = { type: 'suppressed', kind: 'took # ms', taskName: 'images', windowMs: MINUTE } as const;
  assert.deepEqual(gate.due(BEGIN + MINUTE), [
    { ...suppressed, count: 95, level: 'info' },
    { ...suppressed, count: 95, level: 'debug' },
    { ...suppressed, count: 80, level: 'warn' },
  ]);
  assert.deepEqual(gate.due(BEGIN + MINUTE), []);
});

test('keeps every error, and every alarm word at any level, marked', () => {
  const gate = gateOf();
  assert.equal(
    kept(gate, 100, () => 'heartbeat', 'error'),
    100,
  );
  for (const level of ['debug', 'info', 'warn'] as const) {
    for (let at = 0; at < 50; at++)
      assert.deepEqual(gate.judge(lineOf(`try ${at} failed`, level), BEGIN), { keep: true, alarm: true });
  }
  assert.deepEqual(gate.judge(lineOf('failed', 'error'), BEGIN), { keep: true, alarm: false });
  assert.deepEqual(gate.close(BEGIN), []);
});

test('looks for alarms in each line, also where its kind is one of those already counted', () => {
  const gate = gateOf();
  kept(gate, 100, () => 'GET /orders status: 200');
  assert.deepEqual(gate.judge(lineOf('GET /orders status: 404'), BEGIN), { keep: true, alarm: true });
  kept(gate, 100, () => 'critical0');
  assert.deepEqual(gate.judge(lineOf('critical#'), BEGIN), { keep: true, alarm: true });
  kept(gate, 100, () => 'done, errors: 0');
  assert.deepEqual(gate.judge(lineOf('done, errors: 7'), BEGIN), { keep: true, alarm: true });
});

test('looks for alarms in what was logged beside the text, and behind what a mask reaches', () => {
  const gate = gateOf();
  const long = 'x'.repeat(5_000);
  kept(gate, 100, () => 'request done');
  kept(gate, 100, () => long);
  assert.deepEqual(gate.judge({ ...lineOf('request done'), fields: '{"status":500}' }, BEGIN), {
    keep: true,
    alarm: true,
  });
  assert.deepEqual(gate.judge({ ...lineOf('request done'), fields: '{"status":200}' }, BEGIN), { keep: false });
  assert.deepEqual(gate.judge(lineOf(`${long} failed`), BEGIN), { keep: true, alarm: true });
});

test('keeps one of each kind a rule holds for, and says one line for all of them', () => {
  const gate = gateOf();
  assert.deepEqual(gate.judge(lineOf('heartbeat 1'), BEGIN), { keep: true, rule: 'heartbeat', alarm: false });
  assert.deepEqual(gate.judge(lineOf('heartbeat of node 1', 'debug', 'nodes'), BEGIN), {
    keep: true,
    rule: 'heartbeat',
    alarm: false,
  });
  for (let at = 0; at < 10; at++) gate.judge(lineOf(`heartbeat of node ${at}`, 'debug', 'nodes'), BEGIN);
  assert.equal(
    kept(gate, 1_194, (at) => `heartbeat ${at}`),
    0,
  );
  assert.deepEqual(gate.due(BEGIN + MINUTE), [
    {
      type: 'suppressed',
      count: 1_204,
      rule: 'heartbeat',
      kind: 'heartbeat of node #',
      level: 'info',
      taskName: undefined,
      windowMs: MINUTE,
    },
  ]);
});

test('a rule holds up to its level, for its logger, and never for alarms', () => {
  const verdict = (rule: Partial<GateTerms['rules'][number]>, line: GateLine) =>
    gateOf({ rules: [{ name: 'beat', pattern: /beat/, ...rule }] }).judge(line, BEGIN);
  const matched = { keep: true, rule: 'beat', alarm: false };
  const other = { keep: true, alarm: false };
  assert.deepEqual(verdict({}, lineOf('beat')), matched);
  assert.deepEqual(verdict({}, lineOf('beat', 'warn')), other);
  assert.deepEqual(verdict({ level: 'warn' }, lineOf('beat', 'warn')), matched);
  assert.deepEqual(verdict({ level: 'debug' }, lineOf('beat')), other);
  assert.deepEqual(verdict({ logger: 'nodes' }, lineOf('beat')), other);
  assert.deepEqual(verdict({ logger: 'nodes' }, lineOf('beat', 'info', 'nodes')), matched);
  assert.deepEqual(verdict({}, lineOf('beat failed')), { keep: true, alarm: true });
  assert.deepEqual(verdict({ level: 'warn' }, lineOf('beat failed', 'warn')), { keep: true, alarm: true });
});

test('a summary names what was counted, also where its kind has made room for others', () => {
  const gate = gateOf({ mostKinds: 2 });
  for (let at = 0; at < 3; at++) gate.judge(lineOf('heartbeat of the first'), BEGIN);
  for (const text of ['one', 'two', 'three', 'a heartbeat that is another kind']) gate.judge(lineOf(text), BEGIN);
  const [note] = gate.due(BEGIN + MINUTE);
  assert.ok(note?.type === 'suppressed');
  assert.deepEqual([note.kind, note.count, note.rule], ['heartbeat of the first', 2, 'heartbeat']);
});

test('the first rule that holds is the one', () => {
  const gate = gateOf({
    rules: [{ name: 'seven', pattern: /7$/ }, ...GATE_TERMS.rules, { name: 'late', pattern: /beat/ }],
  });
  const ruleOf = (text: string) => {
    const verdict = gate.judge(lineOf(text), BEGIN);
    return verdict.keep ? verdict.rule : 'counted';
  };
  assert.equal(ruleOf('heartbeat 3'), 'heartbeat');
  assert.equal(ruleOf('heartbeat 7'), 'counted');
  assert.deepEqual(
    gate.close(BEGIN).map((note) => note.type === 'line' && note.rule),
    ['seven'],
    'a pattern that looks at digits is tried on each line',
  );
});

test('a pattern with state between lines matches each of them', () => {
  const pattern = /beat/g;
  const gate = gateOf({ rules: [{ name: 'beat', pattern }] });
  assert.equal(
    kept(gate, 100, () => 'a beat'),
    1,
  );
  assert.equal(pattern.lastIndex, 0);
});

test('a window that counted exactly one line gives that line', () => {
  const gate = gateOf();
  const lines = Array.from({ length: 6 }, (_, at) => lineOf(`took ${at} ms`));
  for (const line of lines) gate.judge(line, BEGIN);
  const [note, ...others] = gate.due(BEGIN + MINUTE);
  assert.deepEqual(others, []);
  assert.ok(note?.type === 'line' && note.line === lines[5]);
});

test('a line too long to be held is said instead', () => {
  const gate = gateOf();
  kept(gate, 6, () => 'x'.repeat(10_000));
  assert.deepEqual(gate.due(BEGIN + MINUTE), [
    { type: 'suppressed', count: 1, kind: 'x'.repeat(48), level: 'info', taskName: 'images', windowMs: MINUTE },
  ]);
});

test('the first line opens a window for all kinds, and the next line after its end another one', () => {
  const gate = gateOf();
  assert.equal(gate.nextDue(), undefined);
  gate.judge(lineOf('something else'), BEGIN + 123);
  assert.equal(gate.nextDue(), undefined, 'nothing is counted');
  kept(gate, 7, () => 'x');
  assert.equal(gate.nextDue(), BEGIN + 123 + MINUTE);
  assert.deepEqual(gate.due(BEGIN + 122 + MINUTE), []);
  assert.equal(gate.due(BEGIN + 123 + MINUTE).length, 1);
  assert.equal(gate.nextDue(), undefined);
  gate.judge(lineOf('x'), BEGIN + 500_000);
  assert.equal(
    kept(gate, 7, () => 'x'),
    5,
    'a clock that was set back by far begins a new window',
  );
});

test('a line beyond the end of the window leaves what is to be said', () => {
  const gate = gateOf();
  kept(gate, 7, () => 'x');
  assert.equal(gate.judge(lineOf('x'), BEGIN + 2 * MINUTE).keep, true);
  assert.equal(gate.nextDue(), BEGIN + 2 * MINUTE);
  assert.equal(gate.due(BEGIN + 2 * MINUTE).length, 1);
});

test('a kind that has to make room is told early, and is new when it comes again', () => {
  const gate = gateOf({ mostKinds: 2 });
  assert.equal(
    kept(gate, 10, () => 'a'),
    5,
  );
  assert.equal(
    kept(gate, 10, () => 'b'),
    5,
  );
  gate.judge(lineOf('c'), BEGIN + 1_000);
  assert.equal(gate.nextDue(), BEGIN + 1_000);
  assert.deepEqual(gate.due(BEGIN + 1_000), [
    { type: 'suppressed', count: 5, kind: 'a', level: 'info', taskName: 'images', windowMs: 1_000 },
  ]);
  assert.equal(
    kept(gate, 10, () => 'a'),
    5,
  );
  assert.equal(gate.close(BEGIN + 2_000).length, 2);
});

test('lines of kinds beyond number are said as they make room, not held until the window ends', () => {
  const gate = gateOf({ mostKinds: 100 });
  let said = 0;
  for (let at = 0; at < 5_000; at++) {
    kept(gate, 7, () => `kind ${'abcdefghij'.repeat(at / 1_000 + 1)} ${'x'.repeat(at % 300)}`);
    said += gate.due(BEGIN).length;
  }
  assert.equal(gate.close(BEGIN).length, 100);
  assert.ok(said > 1_000, `${said} said`);
});

/** Beats every ten seconds for so long. */
function beats(gate: NoiseGate<GateLine>, minutes: number, taskId?: number): void {
  for (let now = BEGIN; now < BEGIN + minutes * MINUTE; now += 10_000) {
    gate.due(now);
    gate.judge({ ...lineOf('heartbeat'), taskId }, now);
  }
}

const silent = { type: 'silent', rule: 'heartbeat', windows: 1, usual: 6 } as const;

test('a heartbeat that goes silent is reported, though no line comes and nothing is counted', () => {
  const gate = gateOf();
  beats(gate, 16);
  const due = gate.nextDue();
  assert.equal(due, BEGIN + 16 * MINUTE);
  assert.deepEqual(
    gate.due(due).map(({ type }) => type),
    ['suppressed'],
  );
  assert.equal(gate.nextDue(), BEGIN + 17 * MINUTE);
  assert.deepEqual(gate.due(BEGIN + 17 * MINUTE), [silent]);
  assert.equal(gate.nextDue(), undefined, 'an idle gate needs no timer');
});

test('a process that was suspended makes no silence', () => {
  const gate = gateOf();
  beats(gate, 16);
  gate.due(BEGIN + 16 * MINUTE);
  assert.deepEqual(gate.due(BEGIN + 500 * MINUTE), []);
  assert.equal(gate.nextDue(), undefined);
});

test('a heartbeat that fails does not count as one', () => {
  const gate = gateOf();
  beats(gate, 16);
  gate.due(BEGIN + 16 * MINUTE);
  gate.judge(lineOf('heartbeat failed'), BEGIN + 16 * MINUTE + 1);
  assert.deepEqual(gate.due(BEGIN + 17 * MINUTE), [silent]);
});

test('the heartbeat of a task is expected until it ends', () => {
  for (const ends of [true, false]) {
    const gate = gateOf();
    beats(gate, 16, 7);
    if (ends) gate.ended(7);
    gate.due(BEGIN + 16 * MINUTE);
    assert.deepEqual(gate.due(BEGIN + 17 * MINUTE), ends ? [] : [silent]);
  }
});

test('what a task says when it has ended does not bring it back', () => {
  const gate = gateOf();
  beats(gate, 16, 7);
  gate.ended(7);
  gate.judge({ ...lineOf('heartbeat'), taskId: 7, isLate: true }, BEGIN + 16 * MINUTE - 1);
  gate.due(BEGIN + 16 * MINUTE);
  assert.deepEqual(gate.due(BEGIN + 17 * MINUTE), []);
});

test('when all lines come to an end, their heartbeat is not missed', () => {
  const gate = gateOf();
  for (let now = BEGIN; now < BEGIN + 20 * MINUTE; now += 5_000) {
    gate.due(now);
    gate.judge(lineOf('heartbeat'), now);
    gate.judge(lineOf('read a batch'), now);
  }
  let last = BEGIN + 20 * MINUTE;
  for (let due = gate.nextDue(); due !== undefined; due = gate.nextDue()) {
    last = due;
    assert.deepEqual(
      gate.due(due).filter(({ type }) => type !== 'suppressed'),
      [],
    );
  }
  assert.equal(last, BEGIN + 30 * MINUTE, 'after ten windows nobody waits for it any more');
});

test('a count that jumps is reported with its window', () => {
  const gate = gateOf();
  const notes = [];
  for (let window = 0; window < 11; window++) {
    const now = BEGIN + window * MINUTE;
    notes.push(...gate.due(now));
    for (let at = 0; at < (window < 10 ? 10 : 60); at++) gate.judge(lineOf('heartbeat'), now);
  }
  assert.deepEqual(
    notes.filter(({ type }) => type !== 'suppressed'),
    [],
  );
  assert.deepEqual(gate.close(BEGIN + 10 * MINUTE + 1).at(-1), {
    type: 'jump',
    rule: 'heartbeat',
    count: 60,
    usual: 10,
  });
});

test('windows hours apart are not compared with each other', () => {
  const gate = gateOf();
  const notes = [];
  for (let batch = 0; batch < 30; batch++) {
    const begin = BEGIN + batch * 360 * MINUTE;
    for (let at = 0; at < (batch % 10 === 9 ? 600 : 60); at++) gate.judge(lineOf('cache updated'), begin + at * 100);
    for (let due = gate.nextDue(); due !== undefined; due = gate.nextDue()) notes.push(...gate.due(due));
  }
  assert.deepEqual([...new Set(notes.map(({ type }) => type))], ['suppressed']);
});

test('closing says everything, and a line that comes later is not lost', () => {
  const gate = gateOf();
  kept(gate, 10, () => 'x');
  assert.equal(gate.close(BEGIN).length, 1);
  assert.equal(gate.nextDue(), undefined);
  assert.equal(
    kept(gate, 10, () => 'x'),
    5,
  );
  assert.equal(gate.close(BEGIN).length, 1);
});
