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

/** A line for a status, as servers of this world write them. */
const REQUESTS: readonly ((status: number) => string)[] = [
  (status) => `GET /healthz ${status} 3 ms`,
  (status) => `GET /orders/7 ${status} 3.1 ms - 20`,
  (status) => `GET /orders/500 ${status} 12 - 3 ms`,
  (status) => `\u001b[0mGET /x \u001b[31m${status}\u001b[0m 3.1 ms - 404\u001b[0m`,
  (status) => `::1 - - [22/Nov/2026:07:00:00 +0000] "GET /x HTTP/1.1" ${status} 512`,
  (status) => `10.0.0.7 - ann [22/Nov/2026:07:00:00 +0000] "POST /a?b[]=c HTTP/2.0" ${status} 0 "-" "curl/8.5"`,
  (status) => `GET /x ${status} in 503ms`,
  (status) => `POST /x -> ${status}`,
  (status) => `POST /x → ${status}`,
  (status) => `--> DELETE /x ${status} 3ms 20b`,
  (status) => `[PUT] "/x" [${status}]`,
  (status) => `PATCH  /x: ${status}, 3 ms`,
  (status) => `HEAD | /x | ${status} |`,
  (status) => `get https://api.example.com/v1?limit=404 ${status}`,
  (status) => `HTTP GET /x responded ${status} in 3.1 ms`,
  (status) => `upstream answered HTTP ${status}`,
  (status) => `status=${status}`,
  (status) => `statusCode: ${status}`,
  (status) => `httpStatus: ${status}`,
  (status) => `http.response.status_code=${status}`,
  (status) => `{"req":{"method":"GET","url":"/x"},"res":{"statusCode":${status}},"responseTime":500}`,
];

const NO_STATUS = [
  'GET /x 200 512 ms',
  'GET /x 512 ms',
  'GET /x 500ms',
  'GET /x 500.5 ms',
  'GET /x 512 bytes',
  'GET /x 404 kB',
  'GET /x 400,000 bytes',
  'GET /x - - ms',
  'GET /x took 500 ms',
  'GET /x 5000',
  'GET /x 302 0 - 500',
  '"GET /x HTTP/1.1" 304 - 500 ms',
  'get the 500 items',
  'widget /x 500',
];

test('says it of requests whose status is 400 or more, and of no others', () => {
  for (const request of REQUESTS) {
    for (const status of [400, 404, 500, 503, 599]) assert.ok(isAlarming(request(status)), request(status));
    for (const status of [100, 200, 204, 302, 399, 600]) assert.ok(!isAlarming(request(status)), request(status));
  }
  for (const text of NO_STATUS) assert.ok(!isAlarming(text), text);
});

const ABSENT = [
  'heartbeat missed',
  'heartbeat 17 missed, node 3',
  'heartbeat: not responding',
  'Heartbeat: node 3 is dead',
  'heartbeat of node 3 late by 4 s',
  'no heartbeat for 30 s',
  "heartbeat: node 3 doesn't respond",
  'health check unhealthy',
  'health check: status=DOWN',
  'healthcheck NOT OK',
  'health_check: {"db":"up","queue":"down"}',
  'health check {"healthy":false}',
  'readiness probe: not ready',
  'ping: unknown host',
  'ping loss 100%',
  '3 pings, 30% packet loss',
  'keep-alive: no response',
];

const PRESENT = [
  'heartbeat ok, 0 missed',
  'heartbeat ok missed=0 late=0',
  'heartbeat, no missed beats',
  'heartbeat ok: true',
  'health check: {"up":3,"down":0}',
  'ping ok, loss 0%',
  'ping loss=0.00%',
  '3 pings, 0% packet loss',
  'no packet loss on ping',
];

test('says it of signs of life that say there is none', () => {
  for (const text of ABSENT) assert.ok(isAlarming(text), text);
  for (const text of PRESENT) assert.ok(!isAlarming(text), text);
  for (const text of [
    'order 3 missed',
    'the shop is down',
    'cache update is late',
    'queue not ready',
    'hair loss 100%',
  ])
    assert.ok(!isAlarming(text), text);
});

test('of fields it says so by what their line is about', () => {
  const fields = '{"status":"DOWN"}';
  assert.ok(isAlarming(fields, undefined, 'health check'));
  assert.ok(!isAlarming(fields, undefined, 'shop closed'));
  assert.ok(!isAlarming(fields));
});

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
    'B9000564-dead-409b-b8cc',
    'B9000564-dead',
    'B9000564-beef',
  );
  const part = fc.constantFrom(
    ...ALARMING,
    ...ORDINARY,
    ...REQUESTS.map((request) => request(200)),
    ...NO_STATUS,
    ...ABSENT,
    ...PRESENT,
    'heartbeat',
    '-dead',
    'GET /#',
    '#%',
    '# ms',
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
      fc.pre(mask.equals(kind) && text.length < 300);
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
    'GET /': false,
    'GET /x ': false,
    '"GET /x" ': false,
    'get"/': false,
    'get] |/': false,
    'GET /x - - ': false,
    'GET /x [3;': false,
    httpstatus: false,
    'heartbeat ': false,
    'missed ': false,
    'heartbeat missed=': true,
    'ping 0% ': false,
    'not ': false,
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
