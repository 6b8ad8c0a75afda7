import assert from 'node:assert/strict';
import test from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { Supervisor } from '../../../runtime/index.js';
import type * as SaysWhere from '../../fixtures/handlers/says-where.js';
import { fixture } from '../../support/fixture.js';

/** Takes longer for a line than it takes to print one. */
const SLOW_MS = 0.02;

for (const isolation of ['thread', 'process'] as const) {
  test(`a task that prints without a pause, faster than its lines are heard, leaves turns to others, and is ended in its time (isolation: ${isolation})`, async () => {
    let heard = 0;
    const hear = (): void => {
      heard++;
      for (const until = performance.now() + SLOW_MS; performance.now() < until; );
    };
    const logger = { debug: hear, info: hear, warn: hear, error: hear };
    await using supervisor = new Supervisor({ threads: 1, isolation, logs: logger });
    const { printOn } = await supervisor.load<typeof SaysWhere>(fixture('says-where'));
    const order: string[] = [];
    const ended = printOn(undefined, { timeout: 400, grace: 0 }).catch((error: unknown) => {
      order.push((error as { code: string }).code);
    });
    const timers = [50, 100, 150].map(async (ms) => {
      await wait(ms);
      order.push(`timer ${ms}`);
    });
    await Promise.all([ended, ...timers]);
    assert.deepEqual(order, ['timer 50', 'timer 100', 'timer 150', 'PLUSTWO_TIMED_OUT']);
    assert.ok(heard > 100);
  });
}
