import assert from 'node:assert/strict';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { BadOptionError } from '../../../runtime/errors.js';
import { logSettings } from '../../../runtime/logs/log-settings.js';

const DAY_MS = 86_400_000;
const ignore = (): undefined => undefined;
const LOGGER = { debug: ignore, info: ignore, warn: ignore, error: ignore };
const WINDOW = { rules: [], defaults: true, windowMs: 60_000 };

/** What a wrong form is answered with. */
function refused(given: unknown): { option: string; message: string } {
  try {
    logSettings('logs', given);
  } catch (error) {
    assert.ok(error instanceof BadOptionError, String(error));
    return { option: error.option, message: error.message };
  }
  return assert.fail('it was taken');
}

test('a logger alone gets every line, and nothing else is kept', () => {
  assert.deepEqual(logSettings('logs', LOGGER), { raw: LOGGER, logger: undefined, files: undefined, noise: undefined });
  assert.equal(logSettings('logs', LOGGER).raw, LOGGER, 'itself, whose methods may need it');
});

test('a directory alone has the retention, the incidents and the rules of the docs', () => {
  assert.deepEqual(logSettings('logs', { dir: 'logs' }), {
    raw: undefined,
    logger: undefined,
    files: {
      dir: join(process.cwd(), 'logs'),
      retentionMs: 7 * DAY_MS,
      incidents: { retentionMs: 90 * DAY_MS, bytes: 256 * 1_048_576 },
    },
    noise: WINDOW,
  });
});

test('durations and sizes are taken as text, and `false` for nothing', () => {
  const rule = { name: 'polling', pattern: /^polling/, level: 'warn', logger: 'poll' } as const;
  const given = {
    dir: 'logs',
    logger: LOGGER,
    raw: LOGGER,
    retention: '36h',
    incidents: { retention: '30d', size: '1M' },
    noise: { rules: [rule], defaults: false, window: '5s' },
  };
  assert.deepEqual(logSettings('logs', given), {
    raw: LOGGER,
    logger: LOGGER,
    files: {
      dir: join(process.cwd(), 'logs'),
      retentionMs: 1.5 * DAY_MS,
      incidents: { retentionMs: 30 * DAY_MS, bytes: 1_048_576 },
    },
    noise: { rules: [rule], defaults: false, windowMs: 5_000 },
  });
  const nothing = logSettings('logs', { dir: 'logs', incidents: false, noise: false });
  assert.deepEqual([nothing.files?.incidents, nothing.noise], [undefined, undefined]);
  assert.deepEqual(logSettings('logs', { dir: 'logs', retention: undefined, noise: {}, incidents: {} }), {
    ...logSettings('logs', { dir: 'logs' }),
  });
});

test('a directory that is absolute is taken as it is', () => {
  const dir = join(tmpdir(), 'logs');
  assert.equal(logSettings('logs', { dir }).files?.dir, dir);
});

test('what is about files, or about the gate, is refused where there is none', () => {
  for (const [given, option, message] of [
    [{ logger: LOGGER, retention: '7d' }, 'logs.retention', /left out where there is no `dir`/],
    [{ logger: LOGGER, incidents: {} }, 'logs.incidents', /left out where there is no `dir`/],
    [{ raw: LOGGER, noise: {} }, 'logs.noise', /neither `dir` nor `logger`/],
  ] as const) {
    const answer = refused(given);
    assert.equal(answer.option, option);
    assert.match(answer.message, message);
  }
  assert.equal(logSettings('logs', { logger: LOGGER, incidents: false }).files, undefined);
  assert.equal(logSettings('logs', { raw: LOGGER, noise: false }).noise, undefined);
});

test('two rules of one name are refused: their counts could not be told apart', () => {
  const rule = { name: 'polling', pattern: /poll/ };
  const answer = refused({ dir: 'logs', noise: { rules: [rule, { ...rule, name: 'other' }, rule] } });
  assert.equal(answer.option, 'logs.noise.rules[2].name');
  assert.match(answer.message, /a name that no other rule of yours has, got "polling"/);
});

test('a logger that takes its fields first gets them first, and keeps what it is bound to', () => {
  class FieldsFirst {
    readonly heard: unknown[] = [];
    bindings = (): object => ({ service: 'shop' });

    debug(...args: unknown[]): void {
      this.heard.push(['debug', ...args]);
    }

    info(...args: unknown[]): void {
      this.heard.push(['info', ...args]);
    }

    warn(...args: unknown[]): void {
      this.heard.push(['warn', ...args]);
    }

    error(...args: unknown[]): void {
      this.heard.push(['error', ...args]);
    }
  }
  for (const form of ['alone', 'raw', 'logger'] as const) {
    const given = new FieldsFirst();
    const settings = logSettings('logs', form === 'alone' ? given : { [form]: given });
    const sink = settings[form === 'alone' ? 'raw' : form] ?? assert.fail('no sink');
    for (const level of ['debug', 'info', 'warn', 'error'] as const) sink[level]('text', { level });
    assert.deepEqual(
      given.heard,
      ['debug', 'info', 'warn', 'error'].map((level) => [level, { level }, 'text']),
    );
  }
});

test('what is wrong is refused by its full name, with what was expected and what came', () => {
  const rule = { name: 'polling', pattern: /polling/ };
  const wrong: [given: unknown, option: string, expected: RegExp][] = [
    [null, 'logs', /an object, got null/],
    ['logs', 'logs', /an object, got /],
    [console.log, 'logs', /an object, got /],
    [[], 'logs', /an object, got /],
    [{}, 'logs', /a logger, or options with `dir`, `logger` or `raw`, got /],
    [{ noise: false }, 'logs', /a logger, or options with `dir`, `logger` or `raw`, got /],
    [{ ...LOGGER, warn: 'x' }, 'logs.warn', /a function, got /],
    [{ info: ignore }, 'logs.debug', /a function, got undefined/],
    [{ dir: '' }, 'logs.dir', /a string that is not empty, got /],
    [{ dir: 7 }, 'logs.dir', /a string that is not empty, got 7/],
    [{ dirr: 'logs' }, 'dirr', /only known names in `logs`, got `dirr`; did you mean `dir`\?/],
    [{ logger: console.log }, 'logs.logger', /an object, got /],
    [{ logger: { ...LOGGER, error: 1 } }, 'logs.logger.error', /a function, got 1/],
    [{ raw: {} }, 'logs.raw.debug', /a function, got undefined/],
    [{ dir: 'logs', retention: 0 }, 'logs.retention', /a duration.*, got 0 /],
    [{ dir: 'logs', retention: '7 days' }, 'logs.retention', /a duration.*, got "7 days"/],
    [{ dir: 'logs', incidents: true }, 'logs.incidents', /an object, or false, got true/],
    [{ dir: 'logs', incidents: { size: 0 } }, 'logs.incidents.size', /a size above 0/],
    [{ dir: 'logs', incidents: { size: '1 melon' } }, 'logs.incidents.size', /a size above 0/],
    [{ dir: 'logs', incidents: { retention: -1 } }, 'logs.incidents.retention', /a duration/],
    [{ dir: 'logs', incidents: { days: 3 } }, 'days', /only known names in `logs\.incidents`/],
    [{ dir: 'logs', noise: true }, 'logs.noise', /an object, or false, got true/],
    [{ dir: 'logs', noise: { window: 0 } }, 'logs.noise.window', /a duration/],
    [{ dir: 'logs', noise: { defaults: 'no' } }, 'logs.noise.defaults', /true or false/],
    [{ dir: 'logs', noise: { rules: rule } }, 'logs.noise.rules', /an array of rules, got /],
    [{ dir: 'logs', noise: { rules: [rule, 'x'] } }, 'logs.noise.rules[1]', /an object, got /],
    [{ dir: 'logs', noise: { rules: [{ pattern: /x/ }] } }, 'logs.noise.rules[0].name', /a string that is not empty/],
    [{ dir: 'logs', noise: { rules: [{ name: 'x' }] } }, 'logs.noise.rules[0].pattern', /a regular expression/],
    [{ dir: 'logs', noise: { rules: [{ ...rule, pattern: 'x' }] } }, 'logs.noise.rules[0].pattern', /a regular expr/],
    [
      { dir: 'logs', noise: { rules: [{ ...rule, level: 'error' }] } },
      'logs.noise.rules[0].level',
      /'debug' or 'info' or 'warn', got "error"/,
    ],
    [{ dir: 'logs', noise: { rules: [{ ...rule, lvl: 'info' }] } }, 'lvl', /only known names/],
  ];
  for (const [given, option, expected] of wrong) {
    const { option: named, message } = refused(given);
    assert.equal(named, option, message);
    assert.match(message, expected);
  }
});
