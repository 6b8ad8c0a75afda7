import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire, Module } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { Script } from 'node:vm';
import { gunzipSync } from 'node:zlib';
import type { Snapshot } from '../../runtime/index.js';
import { main, type Running, root, runNode, startProgram } from './support/run-program.js';

const example = (name: string): string => join(root, 'dist/docs/examples', name);
const sha256 = (content: Buffer): string => createHash('sha256').update(content).digest('hex');

function temporaryFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'plustwo-docs-'));
  t.after(() => rmSync(folder, { recursive: true }));
  return folder;
}

function scriptsBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.js'))
    .sort();
}

test('the first task hashes files, and one that is missing fails alone', async () => {
  const { code, stdout, stderr } = await runNode(example('first-task.js'));
  assert.equal(stderr, '');
  assert.equal(code, 0);
  const lines = stdout.split('\n').filter((line) => !line.startsWith(' ') && line !== '' && line !== '}');
  assert.deepEqual(lines.slice(0, 3), [
    sha256(readFileSync(join(root, 'package.json'))),
    `README.md ok ${sha256(readFileSync(join(root, 'README.md')))}`,
    `LICENSE ok ${sha256(readFileSync(join(root, 'LICENSE')))}`,
  ]);
  assert.match(lines[3] ?? '', /^missing\.txt failed Error: ENOENT/);
});

test('an error is told apart by its kind', async () => {
  const { code, stdout, stderr } = await runNode(example('handle-errors.js'));
  assert.deepEqual({ code, stdout }, { code: 1, stdout: '' });
  assert.match(stderr, /^the handler threw Error: ENOENT/);
});

test('appending to the archives of the threads keeps every byte, and logs what was appended', async (t) => {
  const cwd = temporaryFolder(t);
  const files = ['package.json', 'LICENSE', 'README.md'].map((file) => join(root, file));
  const args = ['run', `${example('tasks/append.js')}#append`, '--plain', '--keep-order', ...files];
  const { code, stdout, stderr } = await runNode(main, args, { cwd });
  assert.equal(code, 0);
  const archives = readdirSync(cwd).map((name) => readFileSync(join(cwd, name)));
  const unpacked = archives.map((archive) => gunzipSync(archive).length);
  const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);
  assert.equal(sum(unpacked), sum(files.map((file) => readFileSync(file).length)));
  assert.equal(sum(stdout.trim().split('\n').map(Number)), sum(archives.map(({ length }) => length)));
  assert.equal(stderr.match(/^info append#\d+ appended \{"path":/gm)?.length, 3);
});

interface PackedLine {
  readonly status: string;
  readonly value: {
    readonly path: string;
    readonly bytes: number;
    readonly packedBytes: number;
    readonly sha256: string;
  };
}

test('packing gives the true size and hash of every file, and packed copies that unpack to the same', async (t) => {
  const into = temporaryFolder(t);
  const args = ['run', example('tasks/pack.js'), 'node_modules/fastify/lib/**/*.js'];
  const { code, stdout, stderr } = await runNode(main, [...args, '--quiet', '--args', JSON.stringify({ into })]);
  assert.equal(stderr, '');
  assert.equal(code, 0);
  const items = stdout
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as PackedLine);
  const files = scriptsBelow(join(root, 'node_modules/fastify/lib')).map((file) => `node_modules/fastify/lib/${file}`);
  assert.deepEqual(items.map(({ value }) => value.path).sort(), files);
  for (const { status, value } of items) {
    const content = readFileSync(join(root, value.path));
    const packed = readFileSync(join(into, `${value.path}.gz`));
    assert.equal(status, 'ok');
    assert.deepEqual(value, {
      path: value.path,
      bytes: content.length,
      packedBytes: packed.length,
      sha256: sha256(content),
    });
    assert.deepEqual(gunzipSync(packed), content);
  }
});

test('what npm start shows: the installed packages are packed, what was written is added up, and what to try next is said', async () => {
  const { code, stdout, stderr } = await runNode(join(root, 'scripts/pack-installed.mjs'));
  assert.equal(code, 0, stderr);
  const items = readFileSync(join(root, '.cache/start/packed.ndjson'), 'utf8').split('\n').slice(0, -1);
  const bytes = items.reduce((sum, line) => sum + (JSON.parse(line) as PackedLine).value.bytes, 0);
  const [, files, megabytes] = /^packed +([\d,]+) files, ([\d.]+) MB into/m.exec(stdout) ?? [];
  assert.equal(files, items.length.toLocaleString('en-US'));
  assert.equal(megabytes, (bytes / 1e6).toFixed(1));
  assert.ok(items.length > 1000, 'the installed packages have thousands of scripts');
  assert.match(stderr, /^[\d,]+ ok of [\d,]+ items/m);
  assert.match(stdout, /^Try next$/m);
});

test('minifying a folder gives scripts that parse and export the same, and names the one that is broken', async (t) => {
  const folder = temporaryFolder(t);
  const [from, to] = [join(folder, 'from'), join(folder, 'to')];
  cpSync(join(root, 'node_modules/fastify/lib'), from, { recursive: true });
  writeFileSync(join(from, 'broken.js'), 'const = 1;\n');
  const { code, stdout, stderr } = await runNode(example('minify.js'), [from, to]);
  const scripts = scriptsBelow(from);
  const minified = scriptsBelow(to);
  assert.equal(code, 1);
  assert.match(stderr, /broken\.js: failed: .*SyntaxError.*Name expected/);
  assert.deepEqual(
    minified,
    scripts.filter((script) => script !== 'broken.js'),
  );
  for (const script of minified) {
    const [before, after] = [readFileSync(join(from, script), 'utf8'), readFileSync(join(to, script), 'utf8')];
    assert.ok(after.length < before.length, `${script} is smaller`);
    assert.ok(new Script(Module.wrap(after)));
  }
  assert.match(
    stdout,
    new RegExp(`^${minified.length} of ${scripts.length} scripts: \\d+ bytes before, \\d+ after$`, 'm'),
  );
  const load = createRequire(import.meta.url);
  const exported = (file: string): string[] => Object.keys(load(file) as object);
  assert.deepEqual(exported(join(to, 'symbols.js')), exported(join(from, 'symbols.js')));
});

test('fetching many URLs gets every page, those a busy server refused at first by a second attempt', async () => {
  const { code, stdout, stderr } = await runNode(example('fetch-many.js'), ['400']);
  assert.equal(stderr, '');
  assert.equal(code, 0);
  const bytes = Array.from({ length: 400 }, (_, page) => `this is /pages/${page}`.length).reduce(
    (sum, length) => sum + length,
  );
  assert.match(
    stdout,
    new RegExp(`^400 of 400 pages, ${bytes} bytes, 440 attempts\nup to \\d+ requests at a time from \\d+ threads\n$`),
  );
});

test('injected faults hit the same tasks in every run with a seed, and others with another', async () => {
  const withSeed = (...seed: string[]) => runNode(example('inject-faults.js'), seed);
  const { code, stdout, stderr } = await withSeed();
  assert.deepEqual({ code, stderr }, { code: 0, stderr: '' });
  const [lost = '', ...others] = stdout.trimEnd().split('\n');
  assert.match(lost, /^task 7 lost: ThreadLostError: .*exit code 117/);
  assert.deepEqual(others, [
    "task 77 failed: InjectedFault: Injected fault 'throw': seed 2, task 77, attempt 2",
    '98 of 100 ok, 110 attempts',
  ]);
  assert.equal((await withSeed('5')).stdout, '100 of 100 ok, 116 attempts\n');
});

test('log files keep what a failed task said, and little of what the others did', async (t) => {
  const folder = temporaryFolder(t);
  const { code, stdout, stderr } = await runNode(example('log-files.js'), [folder]);
  assert.deepEqual({ code, stderr }, { code: 0, stderr: '' });
  const [failed = '', counts = '', ...story] = stdout.trimEnd().split('\n');
  const broken = join(folder, 'orders/17.ndjson');
  // Newer Nodes say the line and the column as well.
  const reason = `${broken} failed: SyntaxError: Unterminated string in JSON at position 14`;
  assert.ok(failed === reason || failed === `${reason} (line 1 column 15)`, failed);
  const [, inApp] = /^(\d+) records in the app log, 11 of the incident:$/.exec(counts) ?? [];
  assert.ok(Number(inApp) < 20 * 7, `${inApp} of 140 and more`);
  const attempt = (number: number): string[] => [
    `INFO ${number} reading ${broken}`,
    `INFO ${number} cache of customers refreshed for line 1`,
    `DEBUG ${number} added an order`,
    `INFO ${number} cache of customers refreshed for line 2`,
  ];
  const retried = story.splice(5, 1).join();
  assert.match(retried, /^WARN 1 addUp failed in attempt 1: another one in [\d.]+ ms$/);
  assert.deepEqual(story, ['ERROR - addUp failed', ...attempt(1), ...attempt(2), 'ERROR - addUp failed']);
});

interface LoggedLine {
  readonly level: string;
  readonly message: string;
  readonly linesIn?: number;
  readonly linesOut?: number;
  readonly linesSuppressed?: number;
}

test('a logger of the application gets what is new, and how much there was of the rest', async (t) => {
  const folder = temporaryFolder(t);
  const files = Array.from({ length: 30 }, (_, file) => join(folder, `${file}.ndjson`));
  for (const file of files) writeFileSync(file, '{"id":"a","cents":100}\n{"id":"b","cents":250}\n');
  writeFileSync(files[7] ?? '', 'none');
  const { code, stdout, stderr } = await runNode(example('own-logger.js'), files);
  assert.deepEqual({ code, stderr }, { code: 0, stderr: '' });
  const said = shownLines(stdout);
  const errors = said.filter(({ level }) => level === 'error').map(({ message }) => message);
  assert.deepEqual(errors.length, 2);
  assert.ok(errors.some((message) => message.startsWith(`${files[7]} was not added up: SyntaxError`)));
  assert.equal(said.filter(({ message }) => message === 'added an order').length, 1);
  assert.equal(said.filter(({ message }) => /^suppressed 57 lines of order in /.test(message)).length, 1);
  const { linesIn = 0, linesOut = 0, linesSuppressed = 0 } = said.find((line) => line.linesIn !== undefined) ?? {};
  assert.equal(linesIn, linesOut + linesSuppressed);
});

function shownLines(stdout: string): LoggedLine[] {
  return stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as LoggedLine);
}

const REQUESTS = 24;

test('the service answers the requests it has when SIGTERM comes, and ends with nothing left open', async (t) => {
  const service = startProgram(process.execPath, [example('service.js')]);
  t.after(() => service.child.kill('SIGKILL'));
  const url = await addressOf(service);
  const known = await post<{ stored: string }>(`${url}/passwords`, { password: 'known' });
  const matches = (password: string): Promise<Answer<{ matches: boolean }>> =>
    post(`${url}/passwords/verify`, { password, stored: known.body.stored });
  assert.deepEqual(await matches('known'), { status: 200, body: { matches: true } });
  assert.deepEqual(await matches('other'), { status: 200, body: { matches: false } });

  const answers = Array.from({ length: REQUESTS }, (_, index) =>
    post<{ stored: string }>(`${url}/passwords`, { password: `${index}` }),
  );
  await allAccepted(url, REQUESTS + 1);
  service.child.kill('SIGTERM');

  for (const { status, body } of await Promise.all(answers)) {
    assert.equal(status, 200);
    assert.match(body.stored, /^[\w+/]{22}==:[\w+/]{43}=$/);
  }
  const { code, signal, stdout, stderr } = await service.ended;
  assert.deepEqual({ code, signal, stderr }, { code: 0, signal: null, stderr: '' });
  assert.match(stdout, /^closed: 0 tasks aborted, 0 things left open$/m);
});

test('a client that goes away takes its task out of the service', async (t) => {
  const service = startProgram(process.execPath, [example('service.js')]);
  t.after(() => service.child.kill('SIGKILL'));
  const url = await addressOf(service);
  const leaving = new AbortController();
  const left = Array.from({ length: REQUESTS }, (_, index) =>
    post(`${url}/passwords`, { password: `${index}` }, leaving.signal).catch((error: unknown) => (error as Error).name),
  );
  await allAccepted(url, REQUESTS);
  leaving.abort();
  assert.ok((await Promise.all(left)).includes('AbortError'));
  const settled = await statusWhen(url, ({ lanes }) => lanes.cpu.queued + lanes.cpu.running === 0);
  const { ok = 0, cancelled = 0 } = settled.tasks['hashPassword'] ?? {};
  assert.equal(ok + cancelled, REQUESTS);
  assert.ok(cancelled > 0);
  service.child.kill('SIGTERM');
  assert.equal((await service.ended).code, 0);
});

test('bad input is refused before it costs a thread anything', async (t) => {
  const service = startProgram(process.execPath, [example('service.js')]);
  t.after(() => service.child.kill('SIGKILL'));
  const url = await addressOf(service);
  assert.equal((await post(`${url}/passwords`, { pass: 'word' })).status, 400);
  const { tasks } = await statusWhen(url, () => true);
  assert.deepEqual(tasks, {});
  service.child.kill('SIGINT');
  assert.equal((await service.ended).code, 0);
});

async function addressOf({ child, printed, ended }: Running): Promise<string> {
  for (;;) {
    const address = /^listening on (\S+)$/m.exec(printed.stdout)?.[1];
    if (address !== undefined) return address;
    const gone = await Promise.race([once(child.stdout ?? child, 'data').then(() => undefined), ended]);
    if (gone !== undefined) throw new Error(`the service ended at once: ${gone.stderr}`);
  }
}

interface Answer<Body> {
  readonly status: number;
  readonly body: Body;
}

async function post<Body>(url: string, body: object, signal?: AbortSignal): Promise<Answer<Body>> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
    signal: signal ?? null,
  });
  return { status: response.status, body: (await response.json()) as Body };
}

type Status = Pick<Snapshot, 'lanes' | 'tasks'>;

/** Asks the service again and again until it is as wanted; each answer is an event of its own, so nothing is slept away. */
async function statusWhen(url: string, isWanted: (status: Status) => boolean): Promise<Status> {
  for (;;) {
    const status = (await (await fetch(`${url}/status`)).json()) as Status;
    if (isWanted(status)) return status;
  }
}

/** The service has taken all hashes asked for, and has not done them all. */
async function allAccepted(url: string, asked: number): Promise<void> {
  const { tasks } = await statusWhen(url, (status) => {
    const { queued, running } = status.lanes.cpu;
    return queued + running + (status.tasks['hashPassword']?.ok ?? 0) === asked;
  });
  assert.ok((tasks['hashPassword']?.ok ?? 0) < asked, 'some are still in flight');
}
