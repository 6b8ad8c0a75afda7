import assert from 'node:assert/strict';
import test from 'node:test';
import { logPrinter } from '../../../cli/render/log-printer.js';

function printed(use: (log: ReturnType<typeof logPrinter>) => void): string[] {
  const lines: string[] = [];
  use(logPrinter((line) => lines.push(line)));
  return lines;
}

test('a line tells its level, its task and what it says', () => {
  assert.deepEqual(
    printed((log) => log.info('resizing', { task: 'resize', taskId: 12, attempt: 1 })),
    ['info resize#12 resizing'],
  );
});

test('what else a line carries follows as JSON', () => {
  assert.deepEqual(
    printed((log) => log.warn('slow', { task: 'resize', taskId: 12, attempt: 2, width: 320n })),
    ['warn resize#12 slow {"width":"320"}'],
  );
});

test('what is told of slots at the end of the run, and of dependencies from their events, is not told twice', () => {
  assert.deepEqual(
    printed((log) => {
      log.warn('thread recycled: slot 0', { slot: 0, generation: 1, task: 'resize', reason: 'descriptors' });
      log.warn('the thread of slot 0 died', {
        process: false,
        slot: 0,
        generation: 1,
        task: null,
        reason: 'exit code 3',
      });
      log.info('memory of slot 0 grows no more', { slot: 0, generation: 1, task: null, bytesPerTask: 0, tasks: 90 });
      log.warn('circuit of billing is open', { dependency: 'billing', state: 'open' });
      log.warn('a slot of its own', { task: 'resize', taskId: 12, attempt: 1, slot: 3 });
      log.warn('down', { task: 'bill', taskId: 3, attempt: 1, dependency: 'billing' });
    }),
    ['warn resize#12 a slot of its own {"slot":3}', 'warn bill#3 down {"dependency":"billing"}'],
  );
});

test('lines that are missing are told where they are', () => {
  assert.deepEqual(
    printed((log) => {
      log.info('before', { task: 'resize', taskId: 12, attempt: 1 });
      log.warn('dropped 1204 lines for want of room', { slot: 2, generation: 1, count: 1204, bytes: 65_536 });
    }),
    ['info resize#12 before', 'warn 1,204 log lines (64.0 KB) dropped: thread 2.1 writes faster than they can be read'],
  );
});

test('what else the supervisor says is told as it is', () => {
  assert.deepEqual(
    printed((log) => log.error('log sink app: ENOSPC', { sink: 'app', kind: 'fault' })),
    ['error log sink app: ENOSPC {"sink":"app","kind":"fault"}'],
  );
});

test('a line of no task has no task', () => {
  assert.deepEqual(
    printed((log) => {
      log.error('bad', {});
      log.debug('a\nb', {});
    }),
    ['error bad', 'debug a\\nb'],
  );
});
