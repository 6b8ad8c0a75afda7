import assert from 'node:assert/strict';
import { appendFileSync, mkdirSync, realpathSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { Changes } from '../../../cli/logs/changes.js';
import { DirectoryWatch, type WatchRim } from '../../../cli/logs/directory-watch.js';
import { scratch } from '../support/scratch.js';

const directory = realpathSync(scratch('directory-watch'));

/** A watch whose changes can be waited for. */
function watching(t: TestContext, logs: string, rim: Partial<WatchRim> = {}) {
  const changes = new Changes();
  const watch = new DirectoryWatch(logs, {
    onChange: changes.mark,
    onFallback: (folder, reason) => assert.fail(`${folder}: ${reason}`),
    ...rim,
  });
  t.after(() => watch.close());
  watch.arm();
  return { watch, changes };
}

test('each step to a line in a folder that was not there is a change', { timeout: 20_000 }, async (t) => {
  const logs = join(directory, 'deep', 'logs');
  const file = join(logs, 'app', 'app.log');
  const { watch, changes } = watching(t, logs);
  await changes.next();
  for (const step of [
    () => mkdirSync(join(directory, 'deep')),
    () => mkdirSync(logs),
    () => mkdirSync(join(logs, 'app')),
    () => writeFileSync(file, ''),
    () => appendFileSync(file, 'a line\n'),
    () => renameSync(join(logs, 'app'), join(logs, 'gone')),
    () => mkdirSync(join(logs, 'app')),
    () => writeFileSync(file, ''),
    () => rmSync(logs, { recursive: true }),
    () => mkdirSync(join(logs, 'app'), { recursive: true }),
    () => writeFileSync(file, 'a line\n'),
  ]) {
    step();
    await changes.next();
    watch.arm();
  }
});

test('where nothing can be watched there is a change each second, and it is said once', {
  timeout: 20_000,
}, async (t) => {
  const told: string[] = [];
  const logs = join(directory, 'unwatched');
  mkdirSync(join(logs, 'app'), { recursive: true });
  const { changes } = watching(t, logs, {
    onFallback: (folder, reason) => told.push(`${folder}: ${reason}`),
    watch: () => {
      throw new Error('ENOSPC: System limit for number of file watchers reached');
    },
  });
  assert.deepEqual(told, [`${logs}: ENOSPC: System limit for number of file watchers reached`]);
  await changes.next();
  await changes.next();
});
