// Installs what package-lock.json names, and does nothing when that is what node_modules already holds.
import { lstatSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { orExit, root, run } from './run.mjs';

/** What npm wrote down, or nothing at all if it never ran here. */
function packagesOf(lock) {
  try {
    return JSON.parse(readFileSync(join(root, lock), 'utf8')).packages;
  } catch (error) {
    if (error.code === 'ENOENT') return {};
    throw error;
  }
}

function isLink(path) {
  return lstatSync(join(root, path), { throwIfNoEntry: false })?.isSymbolicLink() === true;
}

// Compared by content, not by time: a checkout gives every file the time of the checkout.
function isInstalled() {
  const { '': _, ...wanted } = packagesOf('package-lock.json');
  const installed = packagesOf(join('node_modules', '.package-lock.json'));
  const matches = ([path, { version, optional }]) =>
    installed[path] === undefined ? optional === true : installed[path].version === version;
  return Object.entries(wanted).every(matches) && Object.keys(installed).every((path) => path in wanted);
}

export async function setUp() {
  if (isInstalled()) return;
  if (isLink('node_modules')) {
    throw new Error(
      'set-up: node_modules is a link and does not hold what package-lock.json names; npm ci would empty the folder it leads to',
    );
  }
  console.error('set-up: installing the packages of package-lock.json');
  await orExit(run('npm', ['ci', '--include=dev', '--loglevel=error', '--no-progress']));
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) await setUp();
