import assert from 'node:assert/strict';
import test from 'node:test';
import { compiled } from '../support/compiled.js';

interface Line {
  readonly at: number;
  readonly level: string;
  readonly taskName: string | undefined;
  readonly text: string;
  readonly bytes: number;
  readonly alarms: boolean;
  readonly template: string;
}

interface Corpus {
  readonly name: string;
  readonly form: RegExp;
}

const { CORPORA } = await compiled<{ CORPORA: readonly Corpus[] }>('corpora/corpora.js');
const { parseCorpus, templateOf } = await compiled<{
  parseCorpus: (corpus: Corpus, content: string) => Line[];
  templateOf: (text: string) => string;
}>('corpora/parse.js');

function parsed(name: string, content: string): Line[] {
  const corpus = CORPORA.find((one) => one.name === name);
  assert.ok(corpus);
  return parseCorpus(corpus, content);
}

test('reads the three forms', () => {
  const [spark] = parsed('Spark', '17/06/09 20:10:41 INFO storage.BlockManager: Found block rdd_2_1 locally: 7 MB');
  assert.deepEqual(
    { ...spark },
    {
      at: Date.UTC(2017, 5, 9, 20, 10, 41),
      level: 'info',
      taskName: 'storage.BlockManager',
      text: 'Found block rdd_2_1 locally: 7 MB',
      bytes: 79,
      alarms: false,
      template: 'info storage.BlockManager Found block rdd_<n>_<n> locally: <n> MB',
    },
  );
  const [hadoop] = parsed('Hadoop', '2015-10-18 18:01:47,978 WARN [Thread #1 [x]: y] a.b.C: Failed: shuffle\n');
  assert.deepEqual([hadoop?.at, hadoop?.level], [Date.UTC(2015, 9, 18, 18, 1, 47, 978), 'warn']);
  assert.deepEqual([hadoop?.taskName, hadoop?.text, hadoop?.alarms], ['a.b.C', 'Failed: shuffle', true]);
  const [stack] = parsed(
    'OpenStack',
    'nova-api.log.1 2017-05-16 00:00:00.008 25746 WARNING nova.wsgi [req-1] GET status: 404',
  );
  assert.deepEqual([stack?.at, stack?.level], [Date.UTC(2017, 4, 16, 0, 0, 0, 8), 'warn']);
  assert.deepEqual([stack?.taskName, stack?.text, stack?.alarms], ['nova.wsgi', '[req-1] GET status: 404', true]);
});

test('an error is an error, not an alarm', () => {
  const [error, fatal] = parsed(
    'Hadoop',
    '2015-10-18 18:01:47,978 ERROR [x] a.B: it failed\r\n2015-10-18 18:01:47,978 FATAL [x] a.B: it failed\r\n',
  );
  assert.deepEqual([error?.level, error?.alarms, fatal?.level, fatal?.alarms], ['error', false, 'error', false]);
});

test('a line counts as long as it is in the file, with one newline, in bytes', () => {
  const row = '17/06/09 20:10:41 INFO a.B: grüße';
  assert.deepEqual(
    parsed('Spark', `${row}\r\n${row}\n${row}`).map(({ bytes }) => bytes),
    [36, 36, 36],
  );
});

test('says which line is not of the form', () => {
  const row = '17/06/09 20:10:41 INFO a.B: x';
  for (const bad of ['', '  at a.B(C.java:7)', '17/06/09 20:10:41 NOTE a.B: x', '17/06/39 20:10:41 INFO a.B: x'])
    assert.throws(() => parsed('Spark', `${row}\n${bad}\n${row}\n`), {
      message: `Spark, line 2 is not of its form: ${bad}`,
    });
});

test('a template tells apart what differs in more than values', () => {
  const id = 'b9000564-fe1a-409b-b8cc-1e88b294cd1d';
  assert.equal(templateOf(`${id}_del of a489c868f0c37da9 at 10.0`), '<uuid>_del of <id> at <n>.<n>');
  assert.equal(templateOf('is 0.37551183'), templateOf('is 0.3707891'));
  assert.notEqual(templateOf('took 5 ms'), templateOf('took 5.5 ms'));
  assert.notEqual(templateOf(`${'x'.repeat(1_000)}a`), templateOf(`${'x'.repeat(1_000)}b`));
});
