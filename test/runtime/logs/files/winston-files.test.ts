// What we lean on of winston's rotating files; an upgrade that changes it fails here.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import test from 'node:test';
import { WinstonFiles } from '../../../../runtime/logs/files/winston-files.js';
import { openedSince, openState } from '../../../support/open-state.js';
import { SetClock } from '../../../support/set-clock.js';

test('it names the first file before it is open, and each further one at once when it looks', async (t) => {
  const clock = new SetClock(t, '2026-02-28T22:59:59.999');
  const names: string[] = [];
  const files = await WinstonFiles.open('app', (name) => names.push(name));
  assert.deepEqual(names, ['app.2026-02-28T22.log']);
  files.look();
  assert.equal(names.length, 1);
  for (const ms of [1, 3_600_000, 24 * 3_600_000]) {
    clock.pass(ms);
    files.look();
  }
  const further = ['app.2026-02-28T23.log', 'app.2026-03-01T00.log', 'app.2026-03-02T00.log'];
  assert.deepEqual(names.slice(1), further);
  await files.close();
});

test('names are in UTC, wherever the process is', () => {
  const zone = process.env.TZ;
  process.env.TZ = 'Pacific/Kiritimati';
  try {
    const url = new URL('../../../../runtime/logs/files/winston-files.js', import.meta.url).href;
    const script = `const { WinstonFiles } = await import('${url}');
      Date.now = () => 0;
      await WinstonFiles.open('app', (name) => console.log(name));`;
    const { stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' });
    assert.equal(stdout, 'app.1970-01-01T00.log\n');
  } finally {
    if (zone === undefined) delete process.env.TZ;
    else process.env.TZ = zone;
  }
});

test('it touches no files and leaves nothing open', async (t) => {
  const clock = new SetClock(t, '2026-01-01T00:00:00');
  await (await WinstonFiles.open('app', () => undefined)).close();
  const listings = (): string[][] => ['/', '.'].map((folder) => readdirSync(folder));
  const [before, state] = [listings(), await openState()];
  const files = await WinstonFiles.open('app', () => undefined);
  for (let hour = 0; hour < 400; hour++) {
    clock.pass(3_600_000);
    files.look();
  }
  await files.close();
  assert.deepEqual(await openedSince(state), []);
  assert.deepEqual(listings(), before);
});

test('it is not loaded before the first files are opened', () => {
  const url = new URL('../../../../runtime/logs/files/log-files.js', import.meta.url).href;
  const script = `import { createRequire } from 'node:module';
    await import('${url}');
    console.log(Object.keys(createRequire('${url}').cache).length);`;
  const { stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' });
  assert.equal(stdout, '0\n');
});
