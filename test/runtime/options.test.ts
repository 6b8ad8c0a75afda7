import assert from 'node:assert/strict';
import test from 'node:test';
import { NO_RETRY, retryFrom } from '../../runtime/attempts/retry.js';
import { planCall, planMap } from '../../runtime/call-options.js';
import { checkOptions } from '../../runtime/check-options.js';
import { BadOptionError } from '../../runtime/errors.js';
import { CLOSE_OPTIONS, OPTIONS, type OptionEntry, type Scope } from '../../runtime/options.js';
import { settingsFrom } from '../../runtime/settings.js';
import type { TaskPlan } from '../../runtime/task.js';

const SCOPES: readonly Scope[] = ['supervisor', 'task', 'call', 'map', 'close'];

/** Values an option takes and refuses; `full` is how a refusal of the part is named. */
interface Row {
  readonly right: readonly unknown[];
  readonly wrong: readonly unknown[];
  readonly expected: RegExp;
}

const DURATIONS: Row = {
  right: [0, 5, '250ms', '30s', '1.5m', '2h'],
  wrong: [-1, Number.NaN, Number.POSITIVE_INFINITY, '30', '30 seconds', '-5s', '', null, {}, true],
  expected: /a duration: milliseconds, or a number with ms, s, m or h/,
};
const LIMITS: Row = {
  ...DURATIONS,
  right: [1, '1ms', '2h'],
  expected: /a duration/,
  wrong: [...DURATIONS.wrong, 0, '0s'],
};
const COUNTS: Row = { right: [1, 1_024], wrong: [0, -1, 1.5, Number.NaN, '4', null], expected: /a whole number/ };
const ANYTHING: Row = { right: [null, 0, 'x', {}, [1]], wrong: [], expected: /never/ };
const FLAGS: Row = { right: [true, false], wrong: ['yes', 1, null], expected: /true or false/ };
const TEXTS: Row = { right: [[], ['--flag']], wrong: ['--flag', [1], null], expected: /an array of strings/ };
const LOGGER = { debug: () => 1, info: () => 1, warn: () => 1, error: () => 1 };

const ROWS: Readonly<Record<string, Row>> = {
  name: { right: ['jobs'], wrong: ['', 7, null], expected: /a string that is not empty/ },
  threads: {
    ...COUNTS,
    right: [0, 1, 1_024],
    wrong: [-1, 1.5, Number.NaN, 1_025, '4', null],
    expected: /a whole number from 0 to 1024/,
  },
  maxQueue: COUNTS,
  ioConcurrency: { ...COUNTS, wrong: [...COUNTS.wrong, 8_193], expected: /a whole number from 1 to 8192/ },
  restart: {
    right: [{}, { intensity: 0 }, { intensity: 3, period: '5s', total: 9 }],
    wrong: [{ intensity: -1 }, { period: 0 }, { period: '5 s later' }, { total: 1.5 }, { intensty: 3 }, 5, null],
    expected: /Expected .*, got /,
  },
  recycle: {
    right: [
      false,
      {},
      { heapGrowth: '256M', descriptors: 64, tasks: 10_000, age: '1h' },
      { heapGrowth: 1024, descriptors: false, tasks: false, age: false },
    ],
    wrong: [
      true,
      null,
      64,
      { heapGrowth: 0 },
      { heapGrowth: '256 melons' },
      { heapGrowth: Number.NaN },
      { descriptors: 0 },
      { descriptors: 1.5 },
      { tasks: '5' },
      { age: 0 },
      { descriptor: 5 },
    ],
    expected: /Expected .*, got /,
  },
  ledger: FLAGS,
  lastResort: FLAGS,
  stacks: {
    right: ['always', 'suspect', 'off'],
    wrong: ['on', true, null],
    expected: /'always' or 'suspect' or 'off'/,
  },
  resourceLimits: {
    right: [{}, { maxOldGenerationSizeMb: 64, maxYoungGenerationSizeMb: 8, codeRangeSizeMb: 16, stackSizeMb: 4 }],
    wrong: [
      { maxOldGenerationSizeMb: '64M' },
      { maxOldGenerationSizeMb: -5 },
      { stackSizeMb: 0 },
      { stackSizeMb: Number.NaN },
      { heap: 1 },
      64,
    ],
    expected: /Expected .*, got /,
  },
  env: {
    right: [{}, { A: 'b' }],
    wrong: [{ A: 1 }, { A: undefined }, null, 'A=b', []],
    expected: /a string|an object/,
  },
  argv: TEXTS,
  execArgv: TEXTS,
  workerData: ANYTHING,
  output: { right: ['inherit', 'stderr'], wrong: ['stdout', '', null, true], expected: /'inherit' or 'stderr'/ },
  logs: {
    right: [
      LOGGER,
      { ...LOGGER, child: 1 },
      { dir: 'logs' },
      { raw: LOGGER, logger: { ...LOGGER, bindings: () => ({}) } },
      { dir: 'logs', retention: '7d', incidents: false, noise: false },
      { dir: 'logs', incidents: { retention: '90d', size: '256M' } },
      { dir: 'logs', noise: { rules: [{ name: 'polling', pattern: /poll/, level: 'warn' }], window: '1m' } },
    ],
    wrong: [
      {},
      { ...LOGGER, warn: 'x' },
      null,
      console.log,
      { dir: '' },
      { dirr: 'logs' },
      { retention: '7d' },
      { dir: 'logs', retention: 0 },
      { dir: 'logs', incidents: true },
      { dir: 'logs', incidents: { size: 'much' } },
      { dir: 'logs', noise: { rules: [{ name: 'polling', pattern: 'poll' }] } },
      { dir: 'logs', noise: { rules: [{ name: 'polling', pattern: /poll/, level: 'error' }] } },
      { raw: {} },
    ],
    expected: /Expected .*, got /,
  },
  grace: DURATIONS,
  args: ANYTHING,
  kind: { right: ['cpu', 'io'], wrong: ['CPU', 'disk', '', null], expected: /'cpu' or 'io'/ },
  timeout: LIMITS,
  deadline: LIMITS,
  retry: {
    right: [{}, { attempts: 1 }, { attempts: 3, backoff: 0, maxBackoff: '1m', jitter: false, on: ['lost'] }],
    wrong: [
      { attempts: 0 },
      { attempts: '3' },
      { backoff: -1 },
      { maxBackoff: 'long' },
      { jitter: 1 },
      { on: 'lost' },
      { atempts: 3 },
      3,
      null,
    ],
    expected: /Expected .*, got /,
  },
  priority: {
    right: [0, -5, 1.5, 1e9],
    wrong: [Number.NaN, Number.POSITIVE_INFINITY, 'high', null],
    expected: /a finite number/,
  },
  signal: {
    right: [new AbortController().signal],
    wrong: [{}, new AbortController(), null],
    expected: /an AbortSignal/,
  },
  transfer: {
    right: [[], [new ArrayBuffer(1)]],
    wrong: [new ArrayBuffer(1), null, 'x'],
    expected: /an array of transferable objects/,
  },
  onProgress: { right: [() => 1], wrong: ['log', {}, null], expected: /a function/ },
  whenFull: { right: ['reject', 'wait'], wrong: ['drop', '', null, true], expected: /'reject' or 'wait'/ },
  whenOpen: { right: ['reject', 'wait'], wrong: ['drop', '', null, true], expected: /'reject' or 'wait'/ },
  limit: COUNTS,
  uses: { ...TEXTS, right: [[], ['billing', 'mail']] },
  dependencies: {
    right: [
      {},
      { billing: {} },
      { billing: { concurrency: 10, breaker: false, retryBudget: false } },
      { billing: { breaker: { threshold: 0.5, minimumCalls: 20, window: '10s', break: '5s', maxBreak: 30_000 } } },
      { billing: { retryBudget: { ratio: 0.2, floorPerSecond: 10 } }, mail: { concurrency: 1 } },
    ],
    wrong: [
      { billing: { concurrency: 0 } },
      { billing: { concurrency: Number.POSITIVE_INFINITY } },
      { billing: { breaker: true } },
      { billing: { breaker: { threshold: 0 } } },
      { billing: { breaker: { break: 0 } } },
      { billing: { retryBudget: { ratio: 2 } } },
      { billing: { limit: 3 } },
      { billing: 10 },
      'billing',
      null,
    ],
    expected: /Expected .*, got /,
  },
  retryBudget: {
    right: [false, {}, { ratio: 0 }, { ratio: 1, floorPerSecond: 0.5 }],
    wrong: [true, { ratio: -0.1 }, { ratio: 1.1 }, { floorPerSecond: -1 }, { floorPerSecond: Number.NaN }, 0.2, null],
    expected: /Expected .*, got /,
  },
  isolation: { right: ['thread', 'process'], wrong: ['fiber', '', null, true], expected: /'thread' or 'process'/ },
  rerun: FLAGS,
  maxResultBytes: {
    right: [1, '64M', false],
    wrong: [0, -1, Number.NaN, 'much', true, null],
    expected: /a size above 0/,
  },
  descriptorReserve: { ...COUNTS, right: [0, 16], wrong: [-1, 1.5, Number.NaN, '4', null] },
  faults: {
    right: [{ rate: 0 }, { rate: 0.01, seed: 7, kinds: ['throw', 'exit', 'throw'] }],
    wrong: [
      {},
      { rate: 1.5 },
      { rate: 0.1, seed: -1 },
      { rate: 0.1, kinds: [] },
      { rate: 0.1, kinds: ['boom'] },
      0.1,
      null,
    ],
    expected: /Expected .*, got /,
  },
  trace: {
    right: [{ traceId: `${'0'.repeat(31)}1`, spanId: 'a1b2c3d4e5f60718' }],
    wrong: [{}, { traceId: 'abc', spanId: 'def' }, { traceId: '0'.repeat(32), spanId: '1'.repeat(16) }, 'abc', null],
    expected: /Expected .*, got /,
  },
  ordered: FLAGS,
  concurrency: COUNTS,
};

function refusal(run: () => unknown): BadOptionError {
  try {
    run();
  } catch (error) {
    assert.ok(error instanceof BadOptionError, String(error));
    return error;
  }
  return assert.fail('it was taken');
}

test('every option there is has a row here', () => {
  assert.deepEqual(Object.keys(ROWS).sort(), Object.keys(OPTIONS).sort());
});

for (const [name, entry] of Object.entries<OptionEntry>(OPTIONS)) {
  const row = ROWS[name];
  if (row === undefined) continue;
  test(`${name}: takes what it should and refuses the rest, with what was expected and what came`, () => {
    for (const scope of entry.scopes) {
      for (const given of row.right)
        assert.ok(Object.hasOwn(checkOptions({ [name]: given }, scope), name), `${scope} ${String(given)}`);
      for (const given of row.wrong) {
        const error = refusal(() => checkOptions({ [name]: given }, scope));
        assert.match(error.message, row.expected, `${scope} ${String(given)}`);
        assert.match(error.message, /, got ./);
        assert.equal(error.code, 'PLUSTWO_BAD_OPTION');
      }
    }
  });

  test(`${name}: is unknown wherever it does not belong`, () => {
    for (const scope of SCOPES) {
      // `timeout` of close is another one.
      if (entry.scopes.includes(scope) || (scope === 'close' && name in CLOSE_OPTIONS)) continue;
      const error = refusal(() => checkOptions({ [name]: row.right[0] }, scope));
      assert.equal(error.option, name);
      assert.match(error.message, /Expected only known names in the options of .*, got `/);
    }
  });
}

test('undefined is the same as nothing', () => {
  for (const scope of SCOPES) {
    const names = Object.entries(OPTIONS as Record<string, OptionEntry>).filter(([, { scopes }]) =>
      scopes.includes(scope),
    );
    assert.deepEqual(checkOptions(Object.fromEntries(names.map(([name]) => [name, undefined])), scope), {});
    assert.deepEqual(checkOptions(undefined, scope), {});
  }
});

test('options that are no object are refused', () => {
  for (const given of [null, 5, 'threads=2', [], () => 1]) {
    assert.match(refusal(() => checkOptions(given, 'call')).message, /to be an object, got /);
  }
});

test('an option that is an object is named plainly when it is none', () => {
  for (const [name, scope] of [
    ['retry', 'call'],
    ['restart', 'supervisor'],
    ['resourceLimits', 'supervisor'],
  ] as const) {
    const error = refusal(() => checkOptions({ [name]: 5 }, scope));
    assert.equal(error.option, name);
    assert.equal(error.message, `Expected \`${name}\` to be an object, got 5 (number)`);
  }
});

test('where false is taken as well, the refusal says so; not for what is wrong inside', () => {
  const messages: [given: object, message: string][] = [
    [{ recycle: true }, 'Expected `recycle` to be an object, or false, got true (boolean)'],
    [{ retryBudget: 1 }, 'Expected `retryBudget` to be an object, or false, got 1 (number)'],
    [{ retryBudget: { ratio: 2 } }, 'Expected `retryBudget.ratio` to be a share from 0 to 1, got 2 (number)'],
    [
      { dependencies: { db: { breaker: true } } },
      'Expected `dependencies.db.breaker` to be an object, or false, got true (boolean)',
    ],
    [
      { recycle: { tasks: 0 } },
      'Expected `recycle.tasks` to be a whole number of at least 1, or false, got 0 (number)',
    ],
    [
      { maxResultBytes: true },
      "Expected `maxResultBytes` to be a size above 0: bytes, or a number with K, M or G such as '256M', or false, got true (boolean)",
    ],
  ];
  for (const [given, message] of messages) {
    assert.equal(refusal(() => checkOptions(given, 'supervisor')).message, message);
  }
});

test('what is wrong inside an option is named in full', () => {
  assert.equal(refusal(() => checkOptions({ retry: { attempts: 0 } }, 'call')).option, 'retry.attempts');
  assert.match(
    refusal(() => checkOptions({ env: { PATH: 5 } }, 'supervisor')).message,
    /`env\.PATH` to be a string, got /,
  );
  assert.match(
    refusal(() => checkOptions({ logs: { ...LOGGER, error: 1 } }, 'supervisor')).message,
    /`logs\.error` to be a function, got 1 \(number\)/,
  );
});

test('a misspelt name is answered with the one that was meant', () => {
  const meant: [string, Scope, string][] = [
    ['threds', 'supervisor', 'threads'],
    ['maxqueue', 'supervisor', 'maxQueue'],
    ['resourceLimit', 'supervisor', 'resourceLimits'],
    ['concurency', 'map', 'concurrency'],
    ['prioirty', 'call', 'priority'],
    ['timeOut', 'task', 'timeout'],
    ['onprogress', 'call', 'onProgress'],
    ['timout', 'close', 'timeout'],
  ];
  for (const [name, scope, right] of meant) {
    assert.match(
      refusal(() => checkOptions({ [name]: 1 }, scope)).message,
      new RegExp(`did you mean \`${right}\`\\?$`),
    );
  }
  assert.match(
    refusal(() => checkOptions({ retry: { atempts: 3 } }, 'call')).message,
    /in `retry`, got `atempts`; did you mean `attempts`/,
  );
});

test('every option says what it is, what holds without it and where it may be given', () => {
  for (const [name, entry] of Object.entries<OptionEntry>({ ...OPTIONS, ...CLOSE_OPTIONS })) {
    assert.ok(entry.type !== '' && entry.default !== '' && entry.scopes.length > 0, name);
    assert.match(entry.doc, /\.$/, name);
    if (entry.flag !== undefined) assert.match(entry.flag, /^--[a-z][a-z-]+$/);
  }
});

test('what is not given is as the table says', () => {
  const settings = settingsFrom({ threads: 10 });
  assert.deepEqual(
    [settings.name, settings.maxQueue, settings.mapConcurrency, settings.ioConcurrency, settings.grace, settings.kind],
    ['plustwo', 10_240, 10_240, 100, 1_000, 'cpu'],
  );
  assert.deepEqual(settings.restart, { intensity: 5, period: 10_000, total: 30 });
  assert.deepEqual(settingsFrom({ threads: 1 }).restart, { intensity: 5, period: 10_000, total: 5 });
  assert.deepEqual(settingsFrom({ threads: 0 }).maxQueue, 1_024);
  assert.equal(settingsFrom({ threads: 10, restart: { intensity: 2, period: '1m', total: 4 } }).restart.total, 4);
});

const BASE: TaskPlan = {
  kind: 'cpu',
  grace: 1_000,
  timeout: 5_000,
  deadline: undefined,
  priority: 0,
  retry: { ...NO_RETRY, attempts: 3, backoff: 7 },
  signal: undefined,
  transfer: undefined,
  args: { value: 'base' },
  onProgress: undefined,
  whenFull: 'reject',
  whenOpen: 'reject',
  limit: Number.POSITIVE_INFINITY,
  uses: [],
  trace: undefined,
};

test('a call lays its own options over those declared beside the code', () => {
  assert.deepEqual(planCall(BASE, {}), BASE);
  const plan = planCall(BASE, { timeout: '1s', priority: 4, retry: { attempts: 5 }, args: null });
  assert.deepEqual(plan, {
    ...BASE,
    timeout: 1_000,
    priority: 4,
    retry: { ...BASE.retry, attempts: 5 },
    args: { value: null },
  });
});

test('a call that transfers its input has one attempt', () => {
  assert.equal(planCall(BASE, { transfer: [new ArrayBuffer(1)] }).retry.attempts, 1);
  assert.equal(planCall(BASE, { transfer: [] }).retry.attempts, 3);
});

test('map waits before a full queue, keeps the order, and has the window it is given', () => {
  assert.deepEqual(planMap(BASE, {}, 64), {
    task: { ...BASE, whenFull: 'wait', whenOpen: 'wait' },
    ordered: true,
    concurrency: 64,
  });
  const plan = planMap(BASE, { ordered: false, concurrency: 3, whenFull: 'reject', timeout: 5 }, 64);
  assert.deepEqual([plan.ordered, plan.concurrency, plan.task.whenFull, plan.task.timeout], [false, 3, 'reject', 5]);
});

test('a retry policy is laid over the one below it', () => {
  assert.equal(retryFrom(undefined), NO_RETRY);
  assert.deepEqual(retryFrom({ attempts: 2 }), { ...NO_RETRY, attempts: 2 });
  assert.deepEqual(retryFrom({ jitter: false }, BASE.retry), { ...BASE.retry, jitter: false });
});
