import assert from 'node:assert/strict';
import test from 'node:test';
import { checkConfig } from '../../../cli/config/check-config.js';
import { UsageError } from '../../../cli/usage-error.js';
import { OPTIONS } from '../../../runtime/index.js';

const check = (content: unknown) => checkConfig({ file: '/app/plustwo.config.json', content }, '/app');

function assertRefused(content: unknown, message: string, next?: string): void {
  assert.throws(
    () => check(content),
    (error) => {
      assert.ok(error instanceof UsageError);
      assert.equal(error.message, message);
      assert.equal(error.next, next);
      return true;
    },
  );
}

test('what a file says is given on as it is written, options of the run apart', () => {
  const supervisor = {
    threads: 3,
    isolation: 'thread',
    recycle: { heapGrowth: false, age: '1h' },
    dependencies: { billing: { concurrency: 10, breaker: { window: '5s' }, retryBudget: false } },
    uses: ['billing'],
    maxResultBytes: false,
  };
  const run = { timeout: '30s', concurrency: 8, retries: 2, keepOrder: true, whenOpen: 'reject', leaks: 'fail' };
  assert.deepEqual(check({ ...supervisor, run }), {
    file: '/app/plustwo.config.json',
    name: 'plustwo.config.json',
    supervisor,
    run,
  });
  assert.deepEqual(check({}), {
    file: '/app/plustwo.config.json',
    name: 'plustwo.config.json',
    supervisor: {},
    run: {},
  });
});

test('what is undefined is not given', () => {
  const { supervisor, run } = check({ isolation: undefined, run: { timeout: undefined } });
  assert.deepEqual([Object.keys(supervisor), Object.keys(run)], [[], []]);
});

test('a wrong value is refused with its file and key', () => {
  assertRefused(
    { threads: 'many' },
    'plustwo.config.json: Expected `threads` to be a whole number from 1 to 1024, got "many" (string).',
  );
  assertRefused(
    { threads: 0 },
    'plustwo.config.json: Expected `threads` to be a whole number from 1 to 1024, got 0 (number).',
  );
  assertRefused(
    { dependencies: { billing: { concurrency: 0 } } },
    'plustwo.config.json: Expected `dependencies.billing.concurrency` to be a whole number from 1 to 65536, got 0 (number).',
  );
  assertRefused(
    { dependencies: { billing: { concurency: 1 } } },
    'plustwo.config.json: Expected only known names in `dependencies.billing`, got `concurency`; did you mean `concurrency`?',
  );
  assertRefused(
    { run: { retries: -1 } },
    'plustwo.config.json: Expected `run.retries` to be a whole number of at least 0, got -1 (number).',
  );
  assertRefused(
    { run: { leaks: 'fial' } },
    "plustwo.config.json: Expected `run.leaks` to be 'report', 'fail' or 'off', got \"fial\" (string).",
  );
  assertRefused(
    { run: { timeout: 0 } },
    'plustwo.config.json: Expected `run.timeout` to be a duration above 0, got 0 (number).',
  );
  assertRefused(
    { run: { whenOpen: null } },
    "plustwo.config.json: Expected `run.whenOpen` to be 'reject' or 'wait', got null.",
  );
});

test('an unknown key is answered with the one that was probably meant', () => {
  assertRefused({ thraeds: 2 }, 'plustwo.config.json: unknown key `thraeds`.', 'Did you mean threads?');
  assertRefused({ run: { timeot: 1 } }, 'plustwo.config.json: unknown key `run.timeot`.', 'Did you mean run.timeout?');
  assertRefused(
    { run: { colour: 1 } },
    'plustwo.config.json: unknown key `run.colour`; ' +
      'known are run.concurrency, run.timeout, run.whenOpen, run.keepOrder, run.retries, run.leaks, run.logDir.',
  );
});

test('a key in the wrong place is answered with the right one', () => {
  assertRefused({ timeout: '5s' }, 'plustwo.config.json: unknown key `timeout`.', 'It belongs under `run`.');
  assertRefused({ run: { threads: 2 } }, 'plustwo.config.json: unknown key `run.threads`.', 'It belongs beside `run`.');
});

test('what a run settles itself cannot be set', () => {
  assertRefused(
    { output: 'inherit' },
    'plustwo.config.json: `output` cannot be set here: stdout belongs to the results, and what tasks print goes to stderr.',
  );
  assertRefused(
    { logs: {} },
    'plustwo.config.json: `logs` cannot be set here: the command prints what tasks log; --log-dir writes log files.',
  );
});

test('every other option of a supervisor can be set', () => {
  const known = /known are (.+)\.$/;
  let message = '';
  try {
    check({ 'nothing like any other': 1 });
  } catch (error) {
    message = (error as Error).message;
  }
  const options = Object.entries(OPTIONS).filter(([, { scopes }]) => scopes.includes('supervisor'));
  assert.deepEqual(
    known.exec(message)?.[1]?.split(', ').sort(),
    options
      .map(([name]) => name)
      .filter((name) => name !== 'output' && name !== 'logs')
      .sort(),
  );
});

test('what is no object is refused', () => {
  assertRefused([], 'Expected plustwo.config.json to hold an object of options, got an array.');
  assertRefused(null, 'Expected plustwo.config.json to hold an object of options, got null.');
  assertRefused(() => ({}), 'Expected plustwo.config.json to hold an object of options, got a function.');
  assertRefused({ run: 'fast' }, 'plustwo.config.json: Expected `run` to be an object, got "fast" (string).');
});

test('a getter that throws is a fault of the config file', () => {
  const content = {
    get threads(): number {
      throw new Error('no idea');
    },
  };
  assertRefused(content, 'plustwo.config.json throws where it is read: Error: no idea.');
});
