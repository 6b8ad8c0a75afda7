import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { type AddressInfo, createServer } from 'node:net';
import { platform } from 'node:os';
import test from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const HOST = fileURLToPath(new URL('../../fixtures/hosts/short-of-descriptors.js', import.meta.url));
const skip = platform() === 'linux' ? false : 'the limit is read in /proc';
const run = promisify(execFile);

interface Found {
  readonly codes: Readonly<Record<string, number>>;
  readonly cpu: boolean;
  readonly heldBack: boolean;
  readonly highest: number;
  readonly descriptorReserve: number | null;
  readonly descriptorLimit: number | null;
  readonly left: readonly string[];
  readonly quiesced: boolean;
}

/** Runs the host in a process that may open so many descriptors. */
async function inLimit(limit: number, terms: object): Promise<Found> {
  const command = `ulimit -n ${limit}; exec "$0" "$@"`;
  const argv = ['-c', command, process.execPath, HOST, JSON.stringify(terms)];
  // What it names is read by newer Nodes at some moment of their own, and would be one descriptor more for that long.
  const env = { ...process.env, NODE_EXTRA_CA_CERTS: undefined };
  const { stdout } = await run('bash', argv, { env, timeout: 60_000, killSignal: 'SIGKILL' });
  return JSON.parse(stdout) as Found;
}

test('tasks that hold files wait for descriptors instead of running into EMFILE', { skip }, async () => {
  const found = await inLimit(128, { tasks: 'files', count: 400, threads: 2 });
  assert.deepEqual(found.codes, { ok: 400 });
  assert.deepEqual([found.descriptorReserve, found.descriptorLimit, found.heldBack], [16, 128, true]);
  assert.ok(found.highest <= 128 - 8, `${found.highest} open at once`);
  assert.deepEqual([found.cpu, found.left, found.quiesced], [true, [], true]);
});

test('without a reserve they run into it', { skip }, async () => {
  const { codes, heldBack } = await inLimit(128, { tasks: 'files', each: 2, count: 400, threads: 2, reserve: 0 });
  assert.ok((codes.EMFILE ?? 0) > 0, JSON.stringify(codes));
  assert.equal(heldBack, false);
});

test('tasks that hold several files each get what they need', { skip }, async () => {
  const { codes } = await inLimit(128, { tasks: 'files', each: 5, count: 100, threads: 2 });
  assert.deepEqual(codes, { ok: 100 });
});

test('under a very low limit work goes on, a little at a time', { skip }, async () => {
  const { codes } = await inLimit(64, { tasks: 'files', count: 100, threads: 2 });
  assert.deepEqual(codes, { ok: 100 });
});

test('tasks that hold connections wait for descriptors', { skip }, async () => {
  const server = createServer((socket) => {
    socket.on('error', () => undefined).resume();
  }).listen(0, '127.0.0.1');
  try {
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as AddressInfo;
    const { codes, heldBack } = await inLimit(128, { tasks: 'sockets', port, count: 400, threads: 2 });
    assert.deepEqual([codes, heldBack], [{ ok: 400 }, true]);
  } finally {
    server.close();
  }
});

test('a supervisor closes cleanly in a process that has used up its descriptors', { skip }, async () => {
  const found = await inLimit(128, { tasks: 'files', count: 20, threads: 2, exhaust: true });
  assert.deepEqual(found.codes, { ok: 20, 'host EMFILE': 1 });
  assert.deepEqual([found.left, found.quiesced], [[], true]);
});
