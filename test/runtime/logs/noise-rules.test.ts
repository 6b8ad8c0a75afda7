import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { Mask } from '../../../runtime/logs/mask.js';
import { NOISE_RULES } from '../../../runtime/logs/noise-rules.js';
import { copyOf } from '../../support/copy-of.js';

const ruleOf = (text: string) => NOISE_RULES.find(({ pattern }) => pattern.test(text))?.name;

test('knows signs of life and the housekeeping of caches', () => {
  const cases = {
    heartbeat: ['heartbeat', 'Sending HeartBeat to node 7', 'sendHeartbeats done', 'heart-beat ok'],
    ping: ['ping', 'PONG from 10.0.0.1', 'pinged in 3 ms'],
    'health-check': ['health check passed', 'GET /healthz 200', 'GET /health HTTP/1.1', 'readiness probe ok', '/livez'],
    'keep-alive': ['keepalive sent', 'Keep-Alive: 5'],
    cache: [
      'cache updated: 12 entries',
      'Refreshed the user cache in 12 ms',
      'cache hit for 17',
      'cache miss',
      'evicted 3 entries from cache',
      'session cache: purged 4 expired',
    ],
  };
  for (const [name, texts] of Object.entries(cases)) for (const text of texts) assert.equal(ruleOf(text), name, text);
});

test('has none for what answers a request or does the work', () => {
  const texts = [
    'order 17 shipped',
    'GET /orders/17 200',
    'healthy',
    'alive and kicking',
    'caching is off',
    'shipping',
    'the cache directory is /srv/x',
  ];
  for (const text of texts) assert.equal(ruleOf(text), undefined, text);
});

test('a rule holds for all lines of a kind or for none', () => {
  const filler = fc.constantFrom('0', '12', 'a1b2c3d4', 'ca0he1', 'x9y8z7w6', 'b9000564-fe1a-409b-b8cc');
  const words = [
    'heart',
    'beat',
    'cache',
    'cached',
    'updated',
    'hit',
    'ping',
    '/health',
    '/ready',
    'z',
    'keep',
    'alive',
    'readiness',
  ];
  const part = fc.constantFrom(...words, '#', ' ', '-', '_', '#beat', 'cache#', 'ping#');
  const mask = new Mask();
  fc.assert(
    fc.property(fc.array(part, { maxLength: 8 }), fc.infiniteStream(filler), (parts, fillers) => {
      const filled = () => parts.join('').replaceAll('#', () => fillers.next().value ?? '');
      const [one, other] = [filled(), filled()];
      mask.read(one, 1);
      const kind = copyOf(mask);
      mask.read(other, 1);
      fc.pre(mask.equals(kind));
      for (const { name, pattern } of NOISE_RULES)
        assert.equal(pattern.test(other), pattern.test(one), `${name}: ${one}, ${other}`);
    }),
    { numRuns: 3_000 },
  );
});
