import assert from 'node:assert/strict';
import { copyFileSync, readdirSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import test, { after, before } from 'node:test';
import sharp from 'sharp';
import type { Supervisor } from '../../../runtime/index.js';
import { betterSqlite3 } from '../../support/better-sqlite3.js';
import { type Material, makeMaterial, withPackages } from '../../support/package-material.js';

const RUNS = 200;

let material: Material;
before(async () => {
  material = await makeMaterial();
});
after(() => material[Symbol.asyncDispose]());

const fixture = (name: string): URL => new URL(`../../fixtures/packages/${name}.js`, import.meta.url);

/** What the kernel shows and nobody's ledger has, of the files the test made. */
function nativeOf(supervisor: Supervisor): Record<string, string | null> {
  const rows = supervisor.snapshot().unattributed.filter(({ link }) => link.startsWith(material.folder));
  return Object.fromEntries(rows.map(({ link, task }) => [link.slice(material.folder.length + 1), task]));
}

/** Files the test made that the process has open, whoever opened them. */
function openFiles(): string[] {
  const links = readdirSync('/proc/self/fd').flatMap((fd) => {
    try {
      return [readlinkSync(`/proc/self/fd/${fd}`)];
    } catch {
      // The descriptor the listing itself was read from.
      return [];
    }
  });
  return links.filter((link) => link.startsWith(material.folder)).map((link) => link.slice(material.folder.length + 1));
}

/** Only Linux shows what native code has open. */
const skip = process.platform === 'linux' ? false : 'there is no /proc here';

test('a file that native code keeps open is listed with the task that was alone, and nobody is accused of it', {
  skip,
}, async () => {
  const webp = join(material.folder, 'cached.webp');
  await sharp(material.picture).webp().toFile(join(material.folder, 'original.webp'));
  copyFileSync(join(material.folder, 'original.webp'), webp);
  const kept = new Set(openFiles());
  // One thread: another one would load the library in the very task that is looked at.
  await withPackages({ threads: 1 }, async (supervisor) => {
    const { formatOf, thumbnail } = await supervisor.load<typeof import('../../fixtures/packages/sharp.js')>(
      fixture('sharp'),
    );
    // Loads the library, so that what it opens for itself is not taken for the next task's.
    await thumbnail({ file: material.picture, to: join(material.folder, 'thumbnail.jpg') });
    assert.equal(await formatOf(webp), 'webp');
    assert.deepEqual(
      openFiles().filter((name) => !kept.has(name)),
      ['cached.webp'],
    );
    assert.equal(nativeOf(supervisor)['cached.webp'], 'formatOf');
    const { leaks, retained } = supervisor.snapshot();
    assert.deepEqual([leaks, retained], [[], []]);
    // It is the process's, not the thread's: here it would stay open behind the supervisor.
    sharp.cache(false);
    sharp.cache(true);
    assert.deepEqual(nativeOf(supervisor), {});
  });
});

test('databases that tasks open and close leave nothing, and those they forget are listed with their task', {
  skip,
}, async (t) => {
  const binary = await betterSqlite3();
  if ('missing' in binary) {
    t.skip(binary.missing);
    return;
  }
  const order = (name: string): { file: string; binary: string } => ({
    file: join(material.folder, name),
    binary: binary.path,
  });
  await withPackages({ threads: 4 }, async (supervisor) => {
    const { addUp, addUpIo, addUpOpen, addUpOpenIo } = await supervisor.load<
      typeof import('../../fixtures/packages/sqlite.js')
    >(fixture('sqlite'));
    const runs = Array.from({ length: RUNS }, (_, run) => (run % 2 === 0 ? addUp : addUpIo)(order(`closed ${run}.db`)));
    assert.deepEqual(new Set(await Promise.all(runs)), new Set([5050]));
    assert.deepEqual(nativeOf(supervisor), {});
    for (let run = 0; run < 10; run++)
      assert.equal(await (run % 2 === 0 ? addUpOpen : addUpOpenIo)(order(`open ${run}.db`)), 5050);
    const expected = Array.from({ length: 10 }, (_, run) => [
      `open ${run}.db`,
      run % 2 === 0 ? 'addUpOpen' : 'addUpOpenIo',
    ]);
    assert.deepEqual(nativeOf(supervisor), Object.fromEntries(expected));
    const { leaks, retained } = supervisor.snapshot();
    assert.deepEqual([leaks, retained], [[], []]);
  });
  // Every thread closed its own as it ended.
  assert.deepEqual(openFiles(), []);
});
