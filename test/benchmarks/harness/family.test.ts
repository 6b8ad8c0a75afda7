import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import test from 'node:test';
import { compiled } from '../support/compiled.js';

const { cpuMicros, rssBytes } = await compiled<{ cpuMicros: () => number; rssBytes: () => number }>(
  'harness/family.js',
);

test('CPU and memory of a child count with those of its parent', {
  skip: process.platform === 'linux' ? false : 'the kernel tells of other processes on Linux',
}, async () => {
  const child = spawn(process.execPath, ['-e', 'process.stdout.write("up"); for (;;);'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const gone = once(child, 'exit');
  try {
    await once(child.stdout, 'data');
    const own = process.memoryUsage.rss();
    assert.ok(rssBytes() > own + 10_000_000, 'a Node has more than 10 MB');
    const childMicros = (): number => {
      const { user, system } = process.cpuUsage();
      return cpuMicros() - user - system;
    };
    const before = childMicros();
    // Ends only if the child's CPU is seen; the runner's limit ends it otherwise.
    while (childMicros() < before + 200_000) await new Promise((resolve) => setImmediate(resolve));
  } finally {
    child.kill('SIGKILL');
    await gone;
  }
  assert.ok(rssBytes() < process.memoryUsage.rss() + 10_000_000);
});
