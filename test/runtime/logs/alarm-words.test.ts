import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { alarmOf, isAlarming } from '../../../runtime/logs/alarm-words.js';
import { Mask } from '../../../runtime/logs/mask.js';
import { copyOf } from '../../support/copy-of.js';

const ALARMING = [
  'task 0 failed',
  'worker 0 crashed',
  'no errors, but 1 failed',
  'errors: 0 warnings: 2',
  'failed: 0 of 5 replicas reachable',
  '10 errors',
  'error rate 0.3%',
  'Error: no such file',
  'Error: None of the workers answered',
  'error: undefined is not a function',
  'error: undefined, expected a number',
  'error="reason: disk gone"',
  '{"error":"boom"}',
  'TypeError: x is not iterable',
  'java.io.IOException: y',
  'FAIL_CONTAINER_CLEANUP',
  'heartbeat failed',
  'request timed out',
  'timeout of 5000ms exceeded',
  'connect ECONNREFUSED 127.0.0.1:80',
  'no route to host: connection refused',
  'Could not open',
  'couldn’t open',
  'error 0x80070005',
  'status: 404',
  'statusCode=503',
  '{"status":500}',
  '"GET / HTTP/1.1" 502 12',
  'exited with code 137',
  'exitCode: 1',
];

const ORDINARY = [
  'no errors',
  'found 0 errors',
  'without any error',
  'zero failures',
  '0 tests failed',
  '5 passed, 0 failed',
  'failed=0 passed=5',
  'errors: 0',
  'error rate: 0.0%',
  'error: none',
  '{ error: undefined, ok: true }',
  '{"error":null,"failed":0,"errors":[]}',
  'timeout: 5000',
  'keep-alive, timeout=5, max=100',
  'failover done, written to stderr, mirrored',
  'Retrying connect to server: already tried 3 times',
  'Partition rdd_2_1 not found, computing it',
  'status: 200',
  'took 404 ms, 500 bytes',
  'exit code 0',
  'entry expired, instance terminated, client disconnected',
];

test('says that something went wrong', () => {
  for (const text of ALARMING) assert.ok(isAlarming(text), text);
});

test('leaves ordinary sentences alone, and those that say that nothing did', () => {
  for (const text of ORDINARY) assert.ok(!isAlarming(text), text);
});

test('what it finds in one line of a kind holds for all others of it', () => {
  const filler = fc.constantFrom(
    '0',
    '1',
    '30s',
    '200',
    '404',
    '500',
    '1a2b3c4d',
    'a1b2c3',
    'x9y8z7w6',
    'B9000564-fe1a-409b-b8cc',
  );
  const part = fc.constantFrom(
    ...ALARMING,
    ...ORDINARY,
    '#',
    '#error',
    'error#',
    '#: ',
    'lost#',
    'timeout: #',
    'timeout=#s',
    '# tests failed',
    ' ',
    '=',
    'é',
    'code #',
  );
  const line = fc.array(part, { minLength: 1, maxLength: 4 }).map((parts) => parts.join(' ').replace(/\d+/g, '#'));
  const mask = new Mask();
  fc.assert(
    fc.property(line, fc.infiniteStream(filler), (text, fillers) => {
      const filled = () => text.replaceAll('#', () => fillers.next().value ?? '');
      const [one, other] = [filled(), filled()];
      mask.read(one, 1);
      const kind = copyOf(mask);
      mask.read(other, 1);
      fc.pre(mask.equals(kind) && text.length < 200);
      assert.equal(isAlarming(other, alarmOf(one)), isAlarming(other), `${other}, by ${one}`);
    }),
    { numRuns: 3_000 },
  );
});

test('reads a line of a megabyte that is all beginnings', () => {
  const beginnings = {
    'error:': true,
    'no ': false,
    'status ': false,
    'timeout = ': true,
    'failed ': true,
    '0 ': false,
  };
  for (const [beginning, expected] of Object.entries(beginnings))
    assert.equal(isAlarming(beginning.repeat(2 ** 20 / beginning.length)), expected, beginning);
});

test('a long number that nothing of what may follow a count follows takes no longer than any other', () => {
  const digits = '1'.repeat(390);
  // With as many tries as there are ways to part the digits, this would not end.
  assert.equal(alarmOf(`error 1.${digits} !`), 'always');
  assert.equal(alarmOf('invalid: eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.c2lnbmF0dXJl'), 'always');
  assert.equal(alarmOf('error rate 0.000'), 'unless-harmless');
  for (const text of ['timeout=', 'error 0.', 'failed=0'])
    for (const digit of ['0', '1'])
      for (const end of [' !', 'x', '-']) assert.ok(isAlarming(text + digit.repeat(2 ** 20) + end), text);
});
