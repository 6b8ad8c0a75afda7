import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after } from 'node:test';
import { pathToFileURL } from 'node:url';
import { fixture } from '../support/fixture.js';
import { errorOf, errorWithCode } from '../support/outcome-of.js';
import { withSupervisor } from '../support/with-supervisor.js';

type Echo = typeof import('../fixtures/handlers/echo.js');
type Loose = Record<string, (input: unknown) => unknown>;

const folder = mkdtempSync(join(tmpdir(), 'plustwo-hostile-'));
after(() => {
  rmSync(folder, { recursive: true });
});

/** Writes a task module for a test. */
function write(name: string, source: string): URL {
  const path = join(folder, name);
  writeFileSync(path, source);
  return pathToFileURL(path);
}

test('an input with holes and something uncloneable is refused, and the supervisor goes on', async () => {
  await withSupervisor({ threads: 1 }, async (supervisor) => {
    const { echo } = await supervisor.load<Echo>(fixture('echo'));
    const sparse: unknown[] = [];
    sparse[2] = () => 1;
    const error = await errorWithCode(echo(sparse), 'PLUSTWO_NOT_CLONEABLE');
    assert.match(error.message, /input\[2\]/);
    assert.equal(await echo(1), 1);
  });
});

test('a handler that throws what cannot even be looked at fails its task', async () => {
  await withSupervisor({ threads: 1 }, async (supervisor) => {
    const source = `
      export const revoked = () => { const { proxy, revoke } = Proxy.revocable({}, {}); revoke(); throw proxy; };
      export const tagged = async () => { throw { get [Symbol.toStringTag]() { throw new Error('tag'); } }; };
      export const fine = () => 1;
    `;
    const { revoked, tagged, fine } = await supervisor.load<Loose>(write('hostile.mjs', source));
    await errorOf(revoked?.(0) ?? Promise.resolve());
    await errorOf(tagged?.(0) ?? Promise.resolve());
    assert.equal(await fine?.(0), 1);
  });
});
