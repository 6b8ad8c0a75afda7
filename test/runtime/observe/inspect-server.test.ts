import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readlinkSync, rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import test, { type TestContext } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { InspectServer } from '../../../runtime/observe/inspect-server.js';
import {
  answerInspector,
  type Inspection,
  type InspectionAnswer,
  type UnattributedDescriptor,
} from '../../../runtime/observe/inspection.js';
import { deferred } from '../../support/deferred.js';

const inspection: Inspection = { v: 1, name: 'plustwo', state: 'running', threads: [], unattributed: [] };
const look = (): Promise<Inspection> => Promise.resolve(inspection);

/** An inspector that listens; what it hears comes line by line. */
class FakeInspector {
  readonly address: string;
  readonly #server: Server;
  readonly #lines: string[] = [];
  readonly #socket: Promise<Socket>;
  #heard = deferred();

  constructor(t: TestContext) {
    const folder = mkdtempSync(join(tmpdir(), 'plustwo-inspect-'));
    this.address = join(folder, 'socket');
    this.#server = createServer().listen(this.address);
    this.#socket = (once(this.#server, 'connection') as Promise<[Socket]>).then(([socket]) => {
      let rest = '';
      socket.setEncoding('utf8').on('data', (piece: string) => {
        const lines = (rest + piece).split('\n');
        rest = lines.pop() ?? '';
        this.#lines.push(...lines);
        this.#heard.resolve();
        this.#heard = deferred();
      });
      return socket;
    });
    t.after(async () => {
      this.#server.close();
      (await this.#socket).destroy();
      rmSync(folder, { recursive: true });
    });
  }

  async ask(): Promise<void> {
    (await this.#socket).write('?');
  }

  async hangUp(): Promise<void> {
    (await this.#socket).destroy();
  }

  /** Reads no more. */
  async pause(): Promise<void> {
    (await this.#socket).pause();
  }

  async hear(): Promise<InspectionAnswer> {
    while (this.#lines.length === 0) await this.#heard.promise;
    return JSON.parse(this.#lines.shift() ?? '') as InspectionAnswer;
  }
}

test('each question is answered with what is open, and the end with a last answer', async (t) => {
  const inspector = new FakeInspector(t);
  const server = new InspectServer(inspector.address, look);
  await inspector.ask();
  assert.deepEqual(await inspector.hear(), { v: 1, pid: process.pid, last: false, inspection, error: null });
  await inspector.ask();
  assert.equal((await inspector.hear()).last, false);
  await server.close();
  assert.deepEqual(await inspector.hear(), { v: 1, pid: process.pid, last: true, inspection, error: null });
});

test('it looks once at a time, however fast it is asked, and answers no more often than it is asked', async (t) => {
  const inspector = new FakeInspector(t);
  let looks = 0;
  let looking = 0;
  const server = new InspectServer(inspector.address, async () => {
    looks++;
    assert.equal(++looking, 1);
    for (let turn = 0; turn < 20; turn++) await nextTurn();
    looking--;
    return inspection;
  });
  for (let question = 0; question < 50; question++) {
    await inspector.ask();
    await nextTurn();
  }
  await inspector.hear();
  await server.close();
  let answers = 1;
  while (!(await inspector.hear()).last) answers++;
  assert.ok(answers < 50, `${answers} answers`);
  // The last one is asked for by nobody.
  assert.equal(looks, answers + 1);
});

test('what is asked while the last answer is being found gets none of its own', async (t) => {
  const inspector = new FakeInspector(t);
  let looks = 0;
  const isAsked = deferred();
  const server = new InspectServer(inspector.address, async () => {
    // Both would be found in the same moment.
    if (++looks === 2) await isAsked.promise;
    return inspection;
  });
  await inspector.ask();
  await inspector.hear();
  const closed = server.close();
  await inspector.ask();
  for (let turn = 0; turn < 20; turn++) await nextTurn();
  isAsked.resolve();
  await closed;
  assert.equal((await inspector.hear()).last, true);
  assert.equal(looks, 2);
});

test('looking that fails is told to the inspector and to nobody else', async (t) => {
  const inspector = new FakeInspector(t);
  const server = new InspectServer(inspector.address, () => Promise.reject(new Error('no eyes')));
  await inspector.ask();
  const { inspection: found, error } = await inspector.hear();
  assert.deepEqual([found, error], [null, 'Error: no eyes']);
  await server.close();
});

/** The sockets this process has open, as the kernel shows them. */
function openSockets(): UnattributedDescriptor[] {
  return readdirSync('/proc/self/fd').flatMap((name) => {
    try {
      const link = readlinkSync(`/proc/self/fd/${name}`);
      return link.startsWith('socket:') ? [{ descriptor: Number(name), link, task: null }] : [];
    } catch {
      // The directory that was read is closed by now.
      return [];
    }
  });
}

test('the line itself is not among what is told', { skip: process.platform !== 'linux' }, async (t) => {
  const inspector = new FakeInspector(t);
  let open: UnattributedDescriptor[] = [];
  const server = new InspectServer(inspector.address, () => {
    open = openSockets();
    return Promise.resolve({ ...inspection, unattributed: open });
  });
  await inspector.ask();
  const told = (await inspector.hear()).inspection?.unattributed.map(({ link }) => link);
  const [line, ...more] = open.map(({ link }) => link).filter((link) => told?.includes(link) !== true);
  assert.ok(line !== undefined);
  assert.deepEqual(more, []);
  await server.close();
  assert.ok(!openSockets().some(({ link }) => link === line));
});

test('an inspector that hangs up, or was never there, is no error of the host', async (t) => {
  const inspector = new FakeInspector(t);
  const left = new InspectServer(inspector.address, look);
  await inspector.ask();
  await inspector.hear();
  await inspector.hangUp();
  await left.close();
  const nobody = new InspectServer(join(tmpdir(), 'plustwo-nobody-listens-here'), look);
  await nobody.close();
});

test('an inspector that stops reading delays the end by a moment and no more', async (t) => {
  const inspector = new FakeInspector(t);
  const much = { ...inspection, name: 'x'.repeat(4_000_000) };
  const server = new InspectServer(inspector.address, () => Promise.resolve(much));
  await inspector.ask();
  await inspector.pause();
  await server.close();
});

test('without the environment variable nothing is opened and nothing looked at', async () => {
  assert.equal(process.env['PLUSTWO_INSPECT'], undefined);
  const end = answerInspector(() => assert.fail('nobody asked'));
  await end();
});

/** Runs a host that never closes its supervisor, with an inspector's address in its environment. */
async function runHost(address: string) {
  const host = fileURLToPath(new URL('../../fixtures/hosts/never-closed.js', import.meta.url));
  const child = spawn(process.execPath, [host, 'call'], {
    env: { ...process.env, PLUSTWO_INSPECT: address },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [stdout, stderr, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close') as Promise<[number]>,
  ]);
  return { stdout, stderr, code };
}

test('a host is not kept alive, and says nothing, whether its inspector listens or not', async (t) => {
  const inspector = new FakeInspector(t);
  const expected = { stdout: 'called\nlast line\n', stderr: '', code: 0 };
  assert.deepEqual(await runHost(inspector.address), expected);
  assert.deepEqual(await runHost(join(tmpdir(), 'plustwo-nobody-listens-here')), expected);
});
