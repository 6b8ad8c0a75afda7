import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { BadOptionError, Supervisor, type SupervisorOptions } from '../../../runtime/index.js';
import { fixture } from '../../support/fixture.js';
import { logPlace } from '../../support/log-place.js';
import { bodiesOf, linesOf, recordsIn } from '../../support/records-in.js';
import { withSupervisor } from '../../support/with-supervisor.js';

type Tells = typeof import('../../fixtures/handlers/tells.js');

test('a directory has one supervisor at a time, and the next one goes on', async (t) => {
  const dir = logPlace(t);
  const options: SupervisorOptions = { threads: 1, logs: { dir } };
  await withSupervisor(options, async (first) => {
    const { tell } = await first.load<Tells>(fixture('tells'));
    await withSupervisor(options, async (second) => {
      await assert.rejects(second.load(fixture('tells')), (error: unknown) => {
        assert.ok(error instanceof BadOptionError, String(error));
        assert.deepEqual([error.code, error.option], ['PLUSTWO_BAD_OPTION', 'logs.dir']);
        assert.match(error.message, new RegExp(`got ${JSON.stringify(dir)}, which process ${process.pid} has$`));
        return true;
      });
    });
    await tell({ lines: ['of the first'] });
  });
  await withSupervisor(options, async (third) => {
    const { tell } = await third.load<Tells>(fixture('tells'));
    await tell({ lines: ['of the third'] });
  });
  const app = recordsIn(join(dir, 'app'));
  assert.deepEqual(bodiesOf(linesOf(app, 1)), ['of the first', 'of the third']);
  assert.equal(new Set(app.map((record) => record['service.instance.id'])).size, 2);
});

test('a directory that cannot be written to is a wrong option', async (t) => {
  const file = join(logPlace(t), 'file');
  writeFileSync(file, 'no directory');
  const dir = join(file, 'logs');
  await withSupervisor({ threads: 1, logs: { dir } }, async (supervisor) => {
    await assert.rejects(supervisor.load(fixture('tells')), (error: unknown) => {
      assert.ok(error instanceof BadOptionError, String(error));
      assert.deepEqual([error.code, error.option], ['PLUSTWO_BAD_OPTION', 'logs.dir']);
      assert.match(error.message, /^Expected `logs\.dir` to be a directory that can be written to, got ".*ENOTDIR/);
      return true;
    });
  });
});

test('where one of the folders cannot be made, the other is let go of', async (t) => {
  const dir = logPlace(t);
  writeFileSync(join(dir, 'incidents'), 'no directory');
  await withSupervisor({ threads: 1, logs: { dir } }, async (supervisor) => {
    await assert.rejects(supervisor.load(fixture('tells')), { code: 'PLUSTWO_BAD_OPTION', option: 'logs.dir' });
  });
  await withSupervisor({ threads: 1, logs: { dir, incidents: false } }, async (supervisor) => {
    const { tell } = await supervisor.load<Tells>(fixture('tells'));
    await tell({ lines: ['the next one'] });
  });
  assert.deepEqual(bodiesOf(linesOf(recordsIn(join(dir, 'app')), 1)), ['the next one']);
});

test('incidents of before have their time where no more are kept', async (t) => {
  const dir = logPlace(t);
  const incidents = join(dir, 'incidents');
  mkdirSync(incidents);
  const recent = `incidents.${new Date(Date.now() - 80 * 86_400_000).toISOString().slice(0, 13)}.log.gz`;
  for (const name of ['incidents.2020-01-01T00.log.gz', recent]) writeFileSync(join(incidents, name), '');
  await withSupervisor({ threads: 1, logs: { dir, incidents: false } }, async (supervisor) => {
    await supervisor.load(fixture('tells'));
    assert.ok(!existsSync(join(incidents, 'incidents.2020-01-01T00.log.gz')));
  });
  assert.deepEqual(readdirSync(incidents), [recent]);
});

test('a relative directory is in the working directory that there was when the supervisor was made', async (t) => {
  const [before, here, elsewhere] = [process.cwd(), logPlace(t), logPlace(t)];
  t.after(() => {
    process.chdir(before);
  });
  process.chdir(here);
  const supervisor = new Supervisor({ threads: 1, logs: { dir: 'logs' } });
  process.chdir(elsewhere);
  await supervisor.close();
  assert.deepEqual(readdirSync(join(here, 'logs')).sort(), ['app', 'incidents']);
  assert.deepEqual(readdirSync(elsewhere), []);
});

test('a supervisor that is closed before its files are open leaves no lock', async (t) => {
  const dir = logPlace(t);
  await new Supervisor({ threads: 1, logs: { dir } }).close();
  for (const kind of ['app', 'incidents']) {
    assert.deepEqual(
      readdirSync(join(dir, kind)).filter((name) => name.startsWith('.')),
      [],
    );
  }
});
