import assert from 'node:assert/strict';
import test from 'node:test';
import { onStopSignals } from '../../cli/signals.js';

test('the first signal finishes, any further one ends, and none is heard after that', () => {
  const heard: string[] = [];
  const stopListening = onStopSignals({
    finish: (signal) => void heard.push(`finish ${signal}`),
    end: (signal) => void heard.push(`end ${signal}`),
  });
  process.emit('SIGTERM', 'SIGTERM');
  process.emit('SIGINT', 'SIGINT');
  process.emit('SIGHUP', 'SIGHUP');
  stopListening();
  assert.deepEqual(heard, ['finish SIGTERM', 'end SIGINT', 'end SIGHUP']);
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) assert.equal(process.listenerCount(signal), 0);
});
