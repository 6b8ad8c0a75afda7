import assert from 'node:assert/strict';
import test from 'node:test';
import type { RunFlags } from '../../../cli/commands/run-flags.js';
import { settleOptions } from '../../../cli/commands/settle-options.js';
import type { Config } from '../../../cli/config/config.js';
import { UsageError } from '../../../cli/usage-error.js';

function flags(more: Partial<RunFlags> = {}): RunFlags {
  return {
    module: './task.js',
    inputs: { arguments: ['a'], in: undefined, format: 'auto', null: false },
    plain: false,
    json: false,
    quiet: false,
    progress: true,
    ...more,
  };
}

function config(supervisor: Config['supervisor'], run: Config['run'] = {}): Config {
  return { file: '/app/plustwo.config.json', name: 'plustwo.config.json', supervisor, run };
}

test('without flags and without a config file a run is isolated in a process, and nothing else is said', () => {
  const { module, inputs, plain, json, quiet, progress } = flags();
  assert.deepEqual(settleOptions(flags(), undefined), {
    module,
    inputs,
    plain,
    json,
    quiet,
    progress,
    keepOrder: false,
    config: undefined,
    supervisor: { isolation: 'process', dependencies: {} },
  });
});

test('what the file says holds where no flag does', () => {
  const said = config(
    { threads: 3, isolation: 'thread', name: 'ci' },
    { timeout: 500, retries: 1, keepOrder: true, leaks: 'fail' },
  );
  const options = settleOptions(flags(), said);
  assert.deepEqual(options.supervisor, {
    threads: 3,
    isolation: 'thread',
    name: 'ci',
    ledger: true,
    stacks: 'always',
    dependencies: {},
  });
  const { timeout, retries, keepOrder, leaks, config: file } = options;
  assert.deepEqual(
    { timeout, retries, keepOrder, leaks, file },
    { timeout: 500, retries: 1, keepOrder: true, leaks: 'fail', file: '/app/plustwo.config.json' },
  );
});

test('flags win over the file', () => {
  const said = config(
    {
      threads: 3,
      isolation: 'thread',
      rerun: false,
      kind: 'cpu',
      limit: 2,
      grace: '5s',
      args: { a: 1 },
      ledger: false,
    },
    { timeout: '1s', retries: 1, keepOrder: true, leaks: 'fail', concurrency: 9, whenOpen: 'wait' },
  );
  const options = settleOptions(
    flags({
      threads: 8,
      isolation: 'process',
      rerun: true,
      kind: 'io',
      limit: 4,
      grace: '1s',
      args: { value: null },
      timeout: '2s',
      retries: 0,
      keepOrder: false,
      leaks: 'report',
      concurrency: 7,
      whenOpen: 'reject',
    }),
    said,
  );
  assert.deepEqual(options.supervisor, {
    threads: 8,
    isolation: 'process',
    rerun: true,
    kind: 'io',
    limit: 4,
    grace: '1s',
    args: null,
    ledger: true,
    stacks: 'always',
    dependencies: {},
  });
  const { timeout, retries, keepOrder, leaks, concurrency, whenOpen } = options;
  assert.deepEqual(
    { timeout, retries, keepOrder, leaks, concurrency, whenOpen },
    { timeout: '2s', retries: 0, keepOrder: false, leaks: 'report', concurrency: 7, whenOpen: 'reject' },
  );
});

test('--leaks off switches the ledger off', () => {
  assert.equal(settleOptions(flags({ leaks: 'off' }), config({ ledger: true })).supervisor.ledger, false);
});

test('--dependency sets the concurrency of what the file names, and adds what it does not', () => {
  const breaker = { window: '5s' } as const;
  const said = config({ dependencies: { billing: { concurrency: 3, breaker }, search: { concurrency: 4 } } });
  const dependencies = new Map([
    ['billing', 10],
    ['search', undefined],
    ['mail', undefined],
  ]);
  assert.deepEqual(settleOptions(flags({ dependencies }), said).supervisor.dependencies, {
    billing: { concurrency: 10, breaker },
    search: { concurrency: 4 },
    mail: {},
  });
});

test('--retry-budget sets the share, and leaves the floor of the file; or there is none', () => {
  const said = config({ retryBudget: { ratio: 0.5, floorPerSecond: 3 } });
  const budget = (more: Partial<RunFlags>, file = said) => settleOptions(flags(more), file).supervisor.retryBudget;
  assert.deepEqual(budget({}), { ratio: 0.5, floorPerSecond: 3 });
  assert.deepEqual(budget({ retryBudget: { ratio: 0.1 } }), { ratio: 0.1, floorPerSecond: 3 });
  assert.equal(budget({ retryBudget: false }), false);
  assert.deepEqual(budget({ retryBudget: { ratio: 0.1 } }, config({ retryBudget: false })), { ratio: 0.1 });
});

test('the use of a dependency that nobody names is refused with those that are known', () => {
  const refused = (given: RunFlags, said?: Config): [string, string | undefined] => {
    try {
      settleOptions(given, said);
    } catch (error) {
      assert.ok(error instanceof UsageError);
      return [error.message, error.next];
    }
    return assert.fail('it was not refused');
  };
  const dependencies = new Map([['billing', 10]]);
  assert.deepEqual(refused(flags({ uses: ['biling'], dependencies }), config({ dependencies: { search: {} } })), [
    "--uses names the dependency 'biling', which is not known; known are search, billing.",
    'Did you mean billing?',
  ]);
  assert.deepEqual(refused(flags({ uses: ['billing', 'database'], dependencies })), [
    "--uses names the dependency 'database', which is not known; known are billing.",
    'Name it: --dependency database',
  ]);
  assert.deepEqual(refused(flags(), config({ uses: ['billing'] })), [
    "plustwo.config.json: uses names the dependency 'billing', which is not known; none is named.",
    'Name it: "dependencies": { "billing": {} }',
  ]);
});

test('what the file uses may be named by a flag, and what a flag uses by the file', () => {
  const dependencies = new Map([['billing', 10]]);
  assert.deepEqual(settleOptions(flags({ dependencies }), config({ uses: ['billing'] })).supervisor.uses, ['billing']);
  assert.deepEqual(
    settleOptions(flags({ uses: ['search'] }), config({ uses: ['gone'], dependencies: { search: {} } })).supervisor
      .uses,
    ['search'],
  );
});
