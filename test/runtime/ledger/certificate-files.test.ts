import assert from 'node:assert/strict';
import { closeSync, mkdtempSync, openSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { certificateFiles } from '../../../runtime/ledger/certificate-files.js';
import { openIdentities, unattributed } from '../../../runtime/ledger/descriptors.js';

function folder(t: TestContext): string {
  const made = mkdtempSync(join(tmpdir(), 'plustwo-certificates-'));
  t.after(() => rmSync(made, { recursive: true }));
  return made;
}

test('are what the environment names, links followed, and nothing that is not there', (t) => {
  const at = folder(t);
  writeFileSync(join(at, 'real.pem'), '');
  symlinkSync('real.pem', join(at, 'extra.pem'));
  writeFileSync(join(at, 'system.pem'), '');
  const named = { NODE_EXTRA_CA_CERTS: join(at, 'extra.pem'), SSL_CERT_FILE: join(at, 'system.pem') };
  assert.deepEqual([...certificateFiles(named)], [join(at, 'real.pem'), join(at, 'system.pem')]);
  assert.deepEqual([...certificateFiles({ NODE_EXTRA_CA_CERTS: join(at, 'missing.pem'), SSL_CERT_FILE: '' })], []);
});

test('are nobody’s while Node has them open, and another file beside them is', {
  skip: process.platform === 'linux' ? false : 'there is no list of descriptors here',
}, (t) => {
  const at = folder(t);
  const files = ['extra.pem', 'other.txt'].map((name) => join(at, name));
  for (const file of files) writeFileSync(file, '');
  const before = openIdentities();
  const open = files.map((file) => openSync(file, 'r'));
  t.after(() => open.forEach((descriptor) => closeSync(descriptor)));
  const nodes = certificateFiles({ NODE_EXTRA_CA_CERTS: join(at, 'extra.pem') });
  const links = unattributed(before, nodes, () => null).map(({ link }) => link);
  assert.deepEqual(
    links.filter((link) => link.startsWith(at)),
    [join(at, 'other.txt')],
  );
});
